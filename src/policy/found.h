// What rules ask, and what is found: plain values, so that they can be kept in a session's record and played
// again.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/rule.h"

namespace cursus {

struct Question {
    Topic topic;
    // What it is about: "zen.example 192.0.2.7", "b.example", "a@b.example"; empty: the session or the
    // message itself.
    std::string subject;
    friend auto operator<=>(const Question&, const Question&) = default;
};

// The word for a message that is too big for a scanner. Conditions that do not ask for it are about nothing.
inline constexpr std::string_view unscanned = "unscanned";
// The word for a subject about which there is nobody to ask. Every condition is about nothing then.
inline constexpr std::string_view not_asked = "not-asked";

struct Found {
    Words words = {};          // what it is found to be: conditions' words, names of lists, of viruses
    double number = 0;         // a score or a count, where the topic has one
    std::string detail = {};   // for people: a list's reason, the hosts that were seen; one printable line
    std::string trouble = {};  // why nobody can tell; empty: it is known

    bool is_known() const { return trouble.empty(); }
    bool is(std::string_view word) const;
    friend bool operator==(const Found&, const Found&) = default;
};
Found unknown(const std::string& why);

// Three values, so that what nobody can tell never looks like no (invariant 4).
enum class Truth : std::uint8_t { No, Yes, Unknown };
constexpr Truth truth(bool value) {
    return value ? Truth::Yes : Truth::No;
}
constexpr Truth negated(Truth value) {
    return value == Truth::Unknown ? value : truth(value == Truth::No);
}

}  // namespace cursus
