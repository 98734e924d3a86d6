#include "config/rate.h"

#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/number.h"
#include "base/words.h"
#include "config/option.h"

namespace cursus {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 6> rate_subjects{"client",        "network", "sender",
                                                        "sender-domain", "account", "recipient"};

std::string subjects_text() {
    std::string text;
    for (const std::string_view subject : rate_subjects)
        text += fmt::format("{}{}",
                            text.empty()                      ? ""
                            : subject == rate_subjects.back() ? " or "
                                                              : ", ",
                            subject);
    return text;
}

std::optional<RateBy> parse_subject(std::string_view text) {
    for (std::size_t i = 0; i < rate_subjects.size(); ++i)
        if (rate_subjects.at(i) == text) return static_cast<RateBy>(i);
    return std::nullopt;
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
    const auto count = parse_number<std::uint32_t>(text);
    if (!count || *count == 0 || *count > rate_count_max) return std::nullopt;
    return count;
}

}  // namespace

Result<Rate, std::string> parse_rate(std::string_view text) {
    const std::vector<std::string> parts = words(text);
    const auto slash = parts.empty() ? std::string::npos : parts[0].find('/');
    if (parts.size() == 1 && slash != std::string::npos) {
        return failure(fmt::format("\"{}\" does not say what is counted; write \"{} per client\" (or {})",
                                   text, parts[0], subjects_text()));
    }
    if (parts.size() != 3 || parts[1] != "per" || slash == std::string::npos)
        return failure(fmt::format("\"{}\" is not a rate; write one as in \"100/1h per client\"", text));
    const auto count = parse_count(parts[0].substr(0, slash));
    if (!count) {
        return failure(
            fmt::format("\"{}\" is not a rate: what stands before the slash is a number from 1 to {}", text,
                        rate_count_max));
    }
    TRY(per, parse_duration(parts[0].substr(slash + 1)));
    if (per < rate_per_min || per > rate_per_max) {
        return failure(fmt::format("\"{}\" is not a rate: what stands behind the slash is {} to {}", text,
                                   duration_text(rate_per_min), duration_text(rate_per_max)));
    }
    const auto by = parse_subject(parts[2]);
    if (!by)
        return failure(fmt::format("nothing is counted per \"{}\"; write {}", parts[2], subjects_text()));
    return Rate{*count, per, *by};
}

std::string rate_text(const Rate& rate) {
    return fmt::format("{}/{} per {}", rate.count, duration_text(rate.per),
                       rate_subjects.at(static_cast<std::size_t>(rate.by)));
}

}  // namespace cursus
