// Identifiers of messages and sessions: 64 bits, ordered by the time they were made, written as 13
// characters.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace cursus {

// The text form is base 32 (digits and lower-case letters without i, l, o, u), most significant first,
// so that texts sort as the numbers do and none can be mistaken for another.
std::string id_text(std::uint64_t value);
std::optional<std::uint64_t> parse_id_text(std::string_view text);

template <class Tag>
class Id {
public:
    constexpr Id() = default;
    constexpr explicit Id(std::uint64_t value) : value_(value) {}
    static std::optional<Id> parse(std::string_view text) {
        const auto value = parse_id_text(text);
        if (!value) return std::nullopt;
        return Id(*value);
    }
    constexpr std::uint64_t value() const { return value_; }
    std::string text() const { return id_text(value_); }
    constexpr explicit operator bool() const { return value_ != 0; }
    friend constexpr auto operator<=>(Id, Id) = default;

private:
    std::uint64_t value_ = 0;
};

using MessageId = Id<struct MessageIdTag>;
using SessionId = Id<struct SessionIdTag>;

// Ids of messages are even and those of sessions odd, so that no message and session ever share one.
enum class IdKind : std::uint8_t { Message = 0, Session = 1 };

// Makes ids: microseconds of wall time in the upper bits, never the same twice in one process, and never
// going back even when the clock does. Thread-safe. `last` is the newest id a previous run is known to have
// used (0: none).
class IdMaker {
public:
    explicit IdMaker(IdKind kind, std::uint64_t last = 0)
        : kind_(static_cast<std::uint64_t>(kind)), last_((last & ~std::uint64_t{1}) | kind_) {}
    std::uint64_t next(WallTime now);

private:
    std::uint64_t kind_;
    std::uint64_t last_;  // accessed atomically
};

}  // namespace cursus

template <class Tag>
struct std::hash<cursus::Id<Tag>> {
    std::size_t operator()(cursus::Id<Tag> id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value() * 0x9E3779B97F4A7C15ULL);
    }
};
