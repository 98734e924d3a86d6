// Sizes and durations as people write them.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "config/option.h"

namespace cursus {
namespace {

struct SizeUnit {
    std::string_view name;
    std::uint64_t octets;
};
constexpr std::array size_units{SizeUnit{"GiB", 1ULL << 30},
                                SizeUnit{"MiB", 1ULL << 20},
                                SizeUnit{"KiB", 1ULL << 10},
                                SizeUnit{"GB", 1'000'000'000},
                                SizeUnit{"MB", 1'000'000},
                                SizeUnit{"KB", 1'000},
                                SizeUnit{"B", 1}};

struct DurationUnit {
    std::string_view name;
    Duration length;
};
constexpr std::array duration_units{
    DurationUnit{"d", std::chrono::hours{24}}, DurationUnit{"h", std::chrono::hours{1}},
    DurationUnit{"m", std::chrono::minutes{1}}, DurationUnit{"s", std::chrono::seconds{1}},
    DurationUnit{"ms", std::chrono::milliseconds{1}}};

// Takes a number and the unit behind it from the front of `text`.
template <class Units>
auto take_quantity(std::string_view& text, const Units& units)
    -> std::optional<std::pair<std::uint64_t, typename Units::value_type>> {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit_end = std::min(text.find_first_of("0123456789"), text.size());
    for (const auto& unit : units) {
        if (unit.name != text.substr(0, unit_end)) continue;
        text.remove_prefix(unit_end);
        return std::pair(number, unit);
    }
    return std::nullopt;
}

}  // namespace

Result<std::uint64_t, std::string> parse_size(std::string_view text) {
    std::string_view rest = text;
    const auto quantity = take_quantity(rest, size_units);
    if (!quantity || !rest.empty()) {
        return failure("\"" + std::string(text) +
                       "\" is not a size; write a number and a unit, as in \"10MiB\"");
    }
    const auto& [number, unit] = *quantity;
    if (number > std::numeric_limits<std::uint64_t>::max() / unit.octets) {
        return failure("\"" + std::string(text) + "\" is too large");
    }
    return number * unit.octets;
}

Result<Duration, std::string> parse_duration(std::string_view text) {
    constexpr auto longest = std::chrono::hours{24 * 365 * 100};
    std::string_view rest = text;
    Duration total{};
    do {
        const auto quantity = take_quantity(rest, duration_units);
        if (!quantity) {
            return failure(
                "\"" + std::string(text) +
                "\" is not a duration; write numbers and units, as in \"30s\", \"5m\", \"1h30m\" or \"5d\"");
        }
        const auto& [number, unit] = *quantity;
        if (number > static_cast<std::uint64_t>(longest / unit.length) ||
            total + number * unit.length > longest) {
            return failure("\"" + std::string(text) + "\" is over a hundred years");
        }
        total += number * unit.length;
    } while (!rest.empty());
    return total;
}

std::string size_text(std::uint64_t octets) {
    for (const auto& unit : size_units) {
        if (unit.name.size() == 2 || octets == 0) continue;  // decimal units are read, not written
        if (octets % unit.octets == 0) return std::to_string(octets / unit.octets) + std::string(unit.name);
    }
    return std::to_string(octets) + "B";
}

std::string duration_text(Duration duration) {
    std::string text;
    for (const auto& unit : duration_units) {
        const auto number = duration / unit.length;
        if (number == 0) continue;
        text += std::to_string(number) + std::string(unit.name);
        duration -= number * unit.length;
    }
    return text.empty() ? "0s" : text;
}

}  // namespace cursus
