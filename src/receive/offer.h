// What a session offers, and whether a command keeps to the offer. An extension stands in the EHLO reply only
// when everything it promises is honoured, and a parameter of one that does not stand there is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "config/settings.h"
#include "mail/command.h"
#include "mail/mechanism.h"
#include "mail/reply.h"

namespace cursus {

enum class Hello : std::uint8_t { None, Helo, Ehlo, Lhlo };  // the last greeting that was accepted
// Extensions were offered in answer to it.
constexpr bool is_extended(Hello hello) {
    return hello == Hello::Ehlo || hello == Hello::Lhlo;
}

// RFC 9422 §4.1 and §4.2 have six digits for a limit.
inline constexpr std::uint32_t announced_limit_max = 999'999;

// What depends on the session.
struct Offering {
    bool tls = false;
    bool xclient = false;
    bool timed = false;                      // receive/timing.h
    std::vector<Mechanism> mechanisms = {};  // of AUTH
};

// The reply to EHLO, RFC 5321 §4.1.1.1, and to LHLO, RFC 2033 §4.1. The settings must name the host.
Reply ehlo_reply(const Settings& settings, const IpAddress& client, const Offering& offering, WallTime now);

struct Objection {
    const Reply& reply;
    std::string_view rule;  // for events
};
// Nothing when the command may be taken as far as the extensions go.
std::optional<Objection> objection(const MailCommand& command, Hello hello, const Settings& settings,
                                   const Offering& offering, WallTime now);
// `smtputf8`: the transaction's MAIL had the parameter.
std::optional<Objection> objection(const RcptCommand& command, bool smtputf8);

}  // namespace cursus
