#include "adapters/self_made_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "adapters/certificate_facts.h"
#include "adapters/openssl_factory.h"
#include "base/free_by.h"

namespace cursus {

namespace {

using Memory = std::unique_ptr<BIO, FreeBy<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;

constexpr std::size_t certificate_octets_max = 65536;
constexpr std::size_t common_name_octets_max = 64;  // RFC 5280, ub-common-name

bool is_good(const std::string& text, const SelfMadeCertificate& wanted, WallTime now) {
    const Memory first(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const Memory second(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const Certificate certificate(PEM_read_bio_X509(first.get(), nullptr, nullptr, nullptr));
    char no_passphrase[] = "";
    const Key key(PEM_read_bio_PrivateKey(second.get(), nullptr, nullptr, no_passphrase));
    const bool holds = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1 &&
                       dns_names_of(certificate.get()) == wanted.names &&
                       end_of(certificate.get()) - self_made_renewal > now;
    ERR_clear_error();
    return holds;
}

bool extend(X509* certificate, int what, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, FreeBy<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// RFC 5280 §4.1.2.2: different for each certificate of an issuer, and at most 20 octets.
bool give_serial_number(X509* certificate) {
    std::array<unsigned char, 16> octets;
    if (RAND_bytes(octets.data(), octets.size()) != 1) return false;
    const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(octets.data(), octets.size(), nullptr),
                                                            &BN_free);
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool fill(X509* certificate, EVP_PKEY* key, const SelfMadeCertificate& wanted, WallTime now) {
    // A clock elsewhere may be behind ours.
    std::time_t begin = std::chrono::system_clock::to_time_t(now - std::chrono::days{1});
    std::time_t end = std::chrono::system_clock::to_time_t(now + self_made_validity);
    std::string names;
    for (const auto& name : wanted.names) names += (names.empty() ? "DNS:" : ",DNS:") + name;
    X509_NAME* const subject = X509_get_subject_name(certificate);
    const std::string& name = wanted.names.front();
    const bool has_room = name.size() <= common_name_octets_max;
    const auto* const octets = reinterpret_cast<const unsigned char*>(name.c_str());
    return X509_set_version(certificate, X509_VERSION_3) == 1 && give_serial_number(certificate) &&
           X509_time_adj(X509_getm_notBefore(certificate), 0, &begin) != nullptr &&
           X509_time_adj(X509_getm_notAfter(certificate), 0, &end) != nullptr &&
           (!has_room || X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, octets, -1, -1, 0) == 1) &&
           X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
           extend(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           extend(certificate, NID_key_usage, "critical,digitalSignature") &&
           extend(certificate, NID_ext_key_usage, "serverAuth") &&
           extend(certificate, NID_subject_alt_name, names) && X509_sign(certificate, key, EVP_sha256()) > 0;
}

// PEM, the key first.
std::optional<std::string> make(const SelfMadeCertificate& wanted, WallTime now) {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    const Certificate certificate(X509_new());
    const Memory memory(BIO_new(BIO_s_mem()));
    if (!key || !certificate || !memory || !fill(certificate.get(), key.get(), wanted, now))
        return std::nullopt;
    if (PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_X509(memory.get(), certificate.get()) != 1)
        return std::nullopt;
    const char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

FileResult<> write_whole(Files& files, const std::string& path, std::string_view text) {
    if (auto removed = files.remove(path); !removed && removed.error().kind != FileErrorKind::NotFound)
        return removed;
    TRY(file, files.open(path, OpenMode::CreateNew, 0600));
    TRY_VOID(file->write_at(0, std::span(&text, 1)));
    return file->sync();
}

FileResult<> put(Files& files, const std::string& path, std::string_view text) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    if (auto made = files.make_directory(directory, 0700);
        !made && made.error().kind != FileErrorKind::Exists)
        return made;
    const std::string beside = path + ".new";
    TRY_VOID(write_whole(files, beside, text));
    TRY_VOID(files.rename(beside, path));
    return files.sync_directory(directory);
}

}  // namespace

Result<void, std::string> ensure_self_made_certificate(Files& files, const SelfMadeCertificate& wanted,
                                                       WallTime now) {
    const auto before = read_whole_file(files, wanted.path, certificate_octets_max);
    if (before && is_good(*before, wanted, now)) return {};
    if (!before && before.error().kind != FileErrorKind::NotFound)
        return failure(fmt::format("the self-made certificate: {}", before.error().what));
    const auto text = make(wanted, now);
    if (!text) return failure(fmt::format("no certificate could be made: {}", openssl_errors()));
    if (auto kept = put(files, wanted.path, *text); !kept)
        return failure(fmt::format("the self-made certificate cannot be kept: {}", kept.error().what));
    return {};
}

}  // namespace cursus
