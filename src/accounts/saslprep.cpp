#include "accounts/saslprep.h"

#include <gsasl.h>
#include <openssl/crypto.h>

namespace cursus {
namespace {

// GNU SASL 2.2 has the two meanings of its flag the wrong way round, and later ones need not.
char* prepared(const std::string& text) {
    for (const auto flags : {GSASL_ALLOW_UNASSIGNED, Gsasl_saslprep_flags{}}) {
        char* made = nullptr;
        if (gsasl_saslprep(text.c_str(), flags, &made, nullptr) == GSASL_OK) return made;
    }
    return nullptr;
}

}  // namespace

std::optional<std::string> saslprep(const std::string& text) {
    char* made = prepared(text);
    if (made == nullptr) return std::nullopt;
    std::string copy(made);
    OPENSSL_cleanse(made, copy.size());
    gsasl_free(made);
    return copy;
}

}  // namespace cursus
