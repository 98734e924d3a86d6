#include "mail/timing.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

using std::chrono::seconds;

constexpr std::size_t by_digits_max = 9;  // RFC 2852 §4, and RFC 4865 has as many
constexpr std::size_t fraction_digits_max = 9;

bool is_digits(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::ranges::all_of(text, [](char c) { return is_digit(c); });
}

int number_of(std::string_view digits) {
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// Fields of a fixed width one behind the other.
class FixedFields {
public:
    explicit FixedFields(std::string_view text) : text_(text) {}

    int digits(std::size_t width) {
        const auto field = text_.substr(0, width);
        is_good_ = is_good_ && field.size() == width && is_digits(field, width);
        text_.remove_prefix(field.size());
        return is_good_ ? number_of(field) : 0;
    }
    void letter(char upper) {
        is_good_ = is_good_ && !text_.empty() && equal_ignoring_case(text_.substr(0, 1), {&upper, 1});
        if (is_good_) text_.remove_prefix(1);
    }
    void fraction() {
        if (!text_.starts_with('.')) return;
        const auto end = std::min(text_.find_first_not_of("0123456789", 1), text_.size());
        is_good_ = is_good_ && is_digits(text_.substr(1, end - 1), fraction_digits_max);
        text_.remove_prefix(end);
    }
    bool is_good() const { return is_good_; }
    bool is_at_end() const { return is_good_ && text_.empty(); }

private:
    std::string_view text_;
    bool is_good_ = true;
};

}  // namespace

std::optional<FutureRelease> parse_hold_for(std::string_view text) {
    if (!is_digits(text, by_digits_max)) return std::nullopt;
    const int number = number_of(text);
    if (number == 0) return std::nullopt;
    return seconds{number};
}

// RFC 3339 §5.6; RFC 4865 §3 wants it in UTC. A part of a second is a whole one: never before the time.
std::optional<FutureRelease> parse_hold_until(std::string_view text) {
    FixedFields fields(text);
    const int year = fields.digits(4);
    fields.letter('-');
    const int month = fields.digits(2);
    fields.letter('-');
    const int day = fields.digits(2);
    fields.letter('T');
    const int hour = fields.digits(2);
    fields.letter(':');
    const int minute = fields.digits(2);
    fields.letter(':');
    const int second = fields.digits(2);
    const bool has_fraction = text.contains('.');
    fields.fraction();
    fields.letter('Z');
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    constexpr int leap_second = 60;
    if (!fields.is_at_end() || !date.ok() || hour > 23 || minute > 59 || second > leap_second)
        return std::nullopt;
    const auto time = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
                      seconds{second + (has_fraction ? 1 : 0)};
    return WallTime(time);
}

std::optional<DeliverWithin> parse_deliver_by(std::string_view text) {
    const auto semicolon = text.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    auto digits = text.substr(0, semicolon);
    const auto mode = text.substr(semicolon + 1);
    const bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (!is_digits(digits, by_digits_max) || mode.empty() || mode.size() > 2) return std::nullopt;
    DeliverWithin within;
    within.time = seconds{is_negative ? -number_of(digits) : number_of(digits)};
    if (equal_ignoring_case(mode.substr(0, 1), "R"))
        within.mode = ByMode::Return;
    else if (!equal_ignoring_case(mode.substr(0, 1), "N"))
        return std::nullopt;
    within.trace = mode.size() == 2;
    if (within.trace && !equal_ignoring_case(mode.substr(1), "T")) return std::nullopt;
    if (within.mode == ByMode::Return && within.time <= seconds{0}) return std::nullopt;
    return within;
}

// RFC 6710 §7: no sign but the minus, no leading zero.
std::optional<std::int8_t> parse_priority(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    if (!is_digits(text, 1) || (is_negative && text == "0")) return std::nullopt;
    const int number = number_of(text);
    return static_cast<std::int8_t>(is_negative ? -number : number);
}

std::string release_request(const FutureRelease& hold) {
    if (const auto* interval = std::get_if<seconds>(&hold)) return fmt::format("for;{}", interval->count());
    return "until;" + utc_text(std::get<WallTime>(hold));
}

std::string deliver_by_value(const DeliverBy& deliver_by, WallTime now) {
    constexpr seconds::rep most = 999'999'999;
    // Rounded down: each hop shortens the time rather than lengthening it.
    const auto left = std::clamp(std::chrono::floor<seconds>(deliver_by.time - now).count(), -most, most);
    return fmt::format("{};{}{}", left, deliver_by.mode == ByMode::Return ? "R" : "N",
                       deliver_by.trace ? "T" : "");
}

std::string utc_text(WallTime time) {
    const auto second = std::chrono::floor<seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{second - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace cursus
