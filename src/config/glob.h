// A name with "*" for any text and "?" for any one character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cursus {

inline constexpr std::size_t glob_octets_max = 256;

// Fits whole names; the case of ASCII letters does not matter. Matching takes at most as many steps as the
// name has octets, times those of the pattern.
class Glob {
public:
    static Result<Glob, std::string> parse(std::string_view text);
    bool matches(std::string_view name) const;
    const std::string& text() const { return text_; }  // lower case
    friend bool operator==(const Glob&, const Glob&) = default;

private:
    explicit Glob(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace cursus
