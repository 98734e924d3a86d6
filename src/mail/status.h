#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// An enhanced status code, RFC 3463 §2.
struct Status {
    std::uint8_t status_class = 0;  // 2, 4, 5
    std::uint16_t subject = 0;      // 0..999
    std::uint16_t detail = 0;       // 0..999
    std::string text() const;       // "5.1.1"
    static std::optional<Status> parse(std::string_view text);
    friend auto operator<=>(const Status&, const Status&) = default;
};

}  // namespace cursus
