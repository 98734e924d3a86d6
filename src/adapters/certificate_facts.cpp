#include "adapters/certificate_facts.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include <fmt/format.h>

#include "base/free_by.h"
#include "base/text.h"

namespace cursus {

namespace {

constexpr std::size_t subject_octets_max = 512;

// RFC 5280 §4.2.1.6: IA5Strings of one kind; one that is not ASCII, or has controls, is nobody's name.
std::vector<std::string> alternative_names(X509* certificate, int kind) {
    const std::unique_ptr<GENERAL_NAMES, FreeBy<GENERAL_NAMES_free>> all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != kind) continue;
        const auto* const octets = ASN1_STRING_get0_data(name->d.ia5);
        const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.ia5));
        const std::string_view text(reinterpret_cast<const char*>(octets), size);
        if (!has_control(text) && is_ascii(text)) names.emplace_back(text);
    }
    return names;
}

std::string name_text(const X509_NAME* name) {
    const std::unique_ptr<BIO, int (*)(BIO*)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    if (!memory) return {};
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253);
    const char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return std::string(text, std::min(static_cast<std::size_t>(std::max(size, 0L)), subject_octets_max));
}

}  // namespace

std::vector<std::string> dns_names_of(X509* certificate) {
    std::vector<std::string> names;
    for (const auto& name : alternative_names(certificate, GEN_DNS)) names.push_back(to_lower(name));
    return names;
}

std::vector<std::string> person_names_of(X509* certificate) {
    std::vector<std::string> names = alternative_names(certificate, GEN_EMAIL);
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (place < 0) return names;
    unsigned char* octets = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&octets, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    if (size > 0) names.emplace_back(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
    if (size >= 0) OPENSSL_free(octets);
    return names;
}

WallTime end_of(X509* certificate) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return {};
    return WallTime(std::chrono::seconds(timegm(&parts)));
}

std::string subject_of(X509* certificate) {
    return name_text(X509_get_subject_name(certificate));
}

std::string issuer_of(X509* certificate) {
    return name_text(X509_get_issuer_name(certificate));
}

std::string fingerprint_of(X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
}

}  // namespace cursus
