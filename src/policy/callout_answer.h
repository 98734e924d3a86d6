// What a callout has shown: whether the mail host of an address takes mail for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "mail/reply.h"

namespace cursus {

enum class CalloutVerdict : std::uint8_t {
    Accepted,           // the host takes mail for this address, and not for just any
    AcceptsAnything,    // it takes mail for an address that cannot be there: it shows nothing
    Refused,            // it refuses the address, for good and for the address' sake
    RefusesNullSender,  // it takes no reports (against RFC 5321 §4.5.5), so it cannot be asked
    Unknown,            // nothing else is known now
};
std::string_view name(CalloutVerdict verdict);  // "accepts-anything", for programs

// Never "no": what could not be asked or was not answered.
constexpr bool is_unknown(CalloutVerdict verdict) {
    return verdict == CalloutVerdict::Unknown || verdict == CalloutVerdict::RefusesNullSender;
}

inline constexpr std::size_t callout_text_max = 300;  // octets of a reply that are kept

struct CalloutAnswer {
    CalloutVerdict verdict = CalloutVerdict::Unknown;
    std::string why = {};              // a sentence, where it is unknown
    std::string host = {};             // who said so: "mx.a.example (192.0.2.1:25)"; empty: nobody was asked
    std::optional<Reply> reply = {};   // its reply, in one line of at most callout_text_max
    std::optional<Duration> age = {};  // since it was heard; none: just now
};

// Of the address for which the callout is made.
enum class CalloutSubject : std::uint8_t {
    Sender,     // would a report reach it? By the MX records of its domain
    Recipient,  // would it be delivered? By the way its mail would go
};

}  // namespace cursus
