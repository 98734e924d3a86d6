#include "base/id.h"

#include <algorithm>
#include <atomic>

namespace cursus {
namespace {
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t text_length = 13;  // 13 x 5 bits hold 64
}  // namespace

std::string id_text(std::uint64_t value) {
    std::string text(text_length, '0');
    for (std::size_t i = text_length; i-- > 0; value >>= 5) text[i] = alphabet[value & 31];
    return text;
}

std::optional<std::uint64_t> parse_id_text(std::string_view text) {
    if (text.size() != text_length) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        if (value >> 59 != 0) return std::nullopt;  // a first digit over 'f' would need a 65th bit
        value = value << 5 | digit;
    }
    return value;
}

std::uint64_t IdMaker::next(WallTime now) {
    const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0));
    const std::uint64_t wanted =
        micros << 8 | kind_;  // 8 bits to tell ids of one microsecond apart; good until the year 4253
    std::atomic_ref last(last_);
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    std::uint64_t chosen;
    do {
        chosen = std::max(wanted, seen + 2);
    } while (!last.compare_exchange_weak(seen, chosen, std::memory_order_relaxed));
    return chosen;
}

}  // namespace cursus
