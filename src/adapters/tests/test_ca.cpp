#include "adapters/tests/test_ca.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "base/free_by.h"

namespace cursus {

namespace {

using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using OpenFile = std::unique_ptr<std::FILE, FreeBy<std::fclose>>;

constexpr long day = 24 * 60 * 60;

Key make_key() {
    return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw std::runtime_error(value);
}

// Signed by `issuer`, or by itself when there is none.
Certificate make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    static long serial = 0;
    Certificate certificate(X509_new());
    X509* const raw = certificate.get();
    X509_set_version(raw, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(raw), -day);
    X509_gmtime_adj(X509_getm_notAfter(raw), name == "expired client" ? -60 : 30 * day);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* const signer = issuer == nullptr ? raw : issuer;
    X509_set_issuer_name(raw, X509_get_subject_name(signer));
    X509_set_pubkey(raw, key);
    if (issuer == nullptr) {
        extend(raw, signer, NID_basic_constraints, "critical,CA:TRUE");
    } else if (name == "127.0.0.1") {
        extend(raw, signer, NID_subject_alt_name, "IP:" + name);
    } else if (name == "client" || name == "expired client") {
        extend(raw, signer, NID_ext_key_usage, "clientAuth");
    } else if (name == "server only") {
        extend(raw, signer, NID_ext_key_usage, "serverAuth");
    } else if (name != "common.alpha.example") {
        extend(raw, signer, NID_subject_alt_name, "DNS:" + name);
    }
    X509_sign(raw, issuer == nullptr ? key : issuer_key, EVP_sha256());
    return certificate;
}

OpenFile open_file(const std::filesystem::path& path) {
    OpenFile file(std::fopen(path.c_str(), "w"));
    if (!file) throw std::runtime_error("cannot write " + path.string());
    return file;
}

void write_certificate(const std::filesystem::path& path, X509* certificate) {
    PEM_write_X509(open_file(path).get(), certificate);
}

void write_key(const std::filesystem::path& path, EVP_PKEY* key, const char* passphrase = nullptr) {
    PEM_write_PrivateKey(open_file(path).get(), key, passphrase == nullptr ? nullptr : EVP_aes_256_cbc(),
                         nullptr, 0, nullptr, const_cast<char*>(passphrase));
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
    path_ = (std::filesystem::temp_directory_path() / "cursus-test-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

const TestCa& TestCa::shared() {
    static const TestCa ca;
    return ca;
}

TestCa::TestCa() {
    const Key root_key = make_key();
    const Certificate root_certificate = make_certificate("Test root", root_key.get(), nullptr, nullptr);
    write_certificate(root(), root_certificate.get());
    const Key other = make_key();
    write_certificate(other_root(), make_certificate("Other root", other.get(), nullptr, nullptr).get());
    write_key(other_key(), other.get());
    write_key(locked_key(), other.get(), "secret");
    for (const std::string name : {"mx.alpha.example", "127.0.0.1", "mail.beta.example", "*.beta.example",
                                   "common.alpha.example", "client", "expired client", "server only"}) {
        const Key its_key = make_key();
        write_certificate(
            chain(name), make_certificate(name, its_key.get(), root_certificate.get(), root_key.get()).get());
        write_key(key(name), its_key.get());
    }
}

}  // namespace cursus
