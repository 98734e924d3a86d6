#include "mail/mechanism.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cursus {

std::string_view name(Mechanism mechanism) {
    switch (mechanism) {
        case Mechanism::External:
            return "EXTERNAL";
        case Mechanism::ScramSha256Plus:
            return "SCRAM-SHA-256-PLUS";
        case Mechanism::ScramSha1Plus:
            return "SCRAM-SHA-1-PLUS";
        case Mechanism::ScramSha256:
            return "SCRAM-SHA-256";
        case Mechanism::ScramSha1:
            return "SCRAM-SHA-1";
        case Mechanism::OauthBearer:
            return "OAUTHBEARER";
        case Mechanism::Xoauth2:
            return "XOAUTH2";
        case Mechanism::Plain:
            return "PLAIN";
        case Mechanism::Login:
            return "LOGIN";
    }
    std::unreachable();
}

std::optional<Mechanism> mechanism_named(std::string_view wanted) {
    const auto found = std::ranges::find_if(all_mechanisms, [wanted](Mechanism mechanism) {
        return equal_ignoring_case(name(mechanism), wanted);
    });
    return found == all_mechanisms.end() ? std::nullopt : std::optional(*found);
}

}  // namespace cursus
