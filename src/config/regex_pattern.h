// A regular expression as an operator writes it: "/pattern/", or "/pattern/i" if case does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace cursus {

inline constexpr std::int64_t regex_memory_bytes_max = 1 << 20;  // of one pattern, as RE2 counts it
inline constexpr int regex_instructions_max = 2'000;             // of one that stands in the configuration
inline constexpr std::size_t regex_text_octets_max = 4 * 1024;
inline constexpr std::size_t regex_subject_octets_max = 64 * 1024;  // what lies behind them is not looked at

struct SlashedRegex {
    std::shared_ptr<const re2::RE2> regex;
    std::string_view rest;  // what stands behind it, from the first white space on
};

// The pattern at the front of `text`, in RE2's syntax; "\/" is a slash. The error says what to write instead.
Result<SlashedRegex, std::string> read_regex(std::string_view text);

// Found anywhere in the subject, unless ^ and $ bind it. Matching takes time linear in the subject, whatever
// the pattern, and a pattern has regex_instructions_max at most. Thread-safe.
class RegexPattern {
public:
    static Result<RegexPattern, std::string> parse(std::string_view text);
    bool matches(std::string_view subject) const;
    const std::string& text() const { return text_; }
    friend bool operator==(const RegexPattern& a, const RegexPattern& b) { return a.text_ == b.text_; }

private:
    RegexPattern(std::string text, std::shared_ptr<const re2::RE2> regex)
        : text_(std::move(text)), regex_(std::move(regex)) {}
    std::string text_;  // slashes and flags included
    std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace cursus
