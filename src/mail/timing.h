// What a sender asks of the time of delivery: FUTURERELEASE (RFC 4865), DELIVERBY (RFC 2852), MT-PRIORITY
// (RFC 6710).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

namespace cursus {

// RFC 2852 §4.1.3: what is done when the time has passed.
enum class ByMode : std::uint8_t {
    Return,  // it fails, and goes nowhere any more
    Notify,  // its sender is told, and it is tried further
};
struct DeliverBy {
    WallTime time{};
    ByMode mode = ByMode::Notify;
    bool trace = false;  // its sender is told of every host that it is passed on to
    bool returns_at(WallTime now) const { return mode == ByMode::Return && time <= now; }
    friend bool operator==(const DeliverBy&, const DeliverBy&) = default;
};

// The value of BY: counted from the moment of MAIL.
struct DeliverWithin {
    std::chrono::seconds time{};
    ByMode mode = ByMode::Notify;
    bool trace = false;
    friend bool operator==(const DeliverWithin&, const DeliverWithin&) = default;
};

// The value of HOLDFOR or of HOLDUNTIL.
using FutureRelease = std::variant<std::chrono::seconds, WallTime>;

inline constexpr int priority_max = 9;  // and the lowest is its negative, RFC 6710 §3

std::optional<FutureRelease> parse_hold_for(std::string_view text);    // "3600": 1 to 9 digits, not 0
std::optional<FutureRelease> parse_hold_until(std::string_view text);  // "2026-11-26T15:40:00Z"
std::optional<DeliverWithin> parse_deliver_by(std::string_view text);  // "120;R", "-30;NT"
std::optional<std::int8_t> parse_priority(std::string_view text);      // "-9" to "9"

// RFC 4865 §5.1.2, the value of Future-Release-Request: "for;3600", "until;2026-11-26T15:40:00Z".
std::string release_request(const FutureRelease& hold);
// RFC 2852 §4, the value of BY: what is left at `now`, which for Return must be a second at least.
std::string deliver_by_value(const DeliverBy& deliver_by, WallTime now);
// RFC 3339 §5.6 in UTC, whole seconds.
std::string utc_text(WallTime time);

}  // namespace cursus
