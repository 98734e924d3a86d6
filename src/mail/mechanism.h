// The mechanisms of SASL by which a client says who it is, RFC 4422, and their names in AUTH, RFC 4954.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cursus {

// The best come first: where two hosts know several, the first both know is taken.
enum class Mechanism : std::uint8_t {
    External,         // RFC 4422 appendix A: the certificate says it
    ScramSha256Plus,  // RFC 7677
    ScramSha1Plus,    // RFC 5802
    ScramSha256,
    ScramSha1,
    OauthBearer,  // RFC 7628
    Xoauth2,      // what came before it, of Google
    Plain,        // RFC 4616
    Login,        // what came before it
};
inline constexpr std::array all_mechanisms{
    Mechanism::External,    Mechanism::ScramSha256Plus, Mechanism::ScramSha1Plus,
    Mechanism::ScramSha256, Mechanism::ScramSha1,       Mechanism::OauthBearer,
    Mechanism::Xoauth2,     Mechanism::Plain,           Mechanism::Login,
};

std::string_view name(Mechanism mechanism);                       // "SCRAM-SHA-256-PLUS"
std::optional<Mechanism> mechanism_named(std::string_view name);  // in any case

// Whoever listens in, or whom the client has connected to by mistake, learns the secret itself.
constexpr bool shows_secret(Mechanism mechanism) {
    return mechanism == Mechanism::Plain || mechanism == Mechanism::Login ||
           mechanism == Mechanism::OauthBearer || mechanism == Mechanism::Xoauth2;
}
constexpr bool is_scram(Mechanism mechanism) {
    return mechanism == Mechanism::ScramSha256Plus || mechanism == Mechanism::ScramSha1Plus ||
           mechanism == Mechanism::ScramSha256 || mechanism == Mechanism::ScramSha1;
}
constexpr bool binds_channel(Mechanism mechanism) {
    return mechanism == Mechanism::ScramSha256Plus || mechanism == Mechanism::ScramSha1Plus;
}

}  // namespace cursus
