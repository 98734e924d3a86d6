#include "mail/date_syntax.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "base/text.h"
#include "mail/comments.h"

namespace cursus {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t zone_name_octets_max = 5;  // RFC 5322 §4.3

struct Number {
    unsigned value;
    std::size_t digits;
};

class DateReader {
public:
    explicit DateReader(std::string_view text) : text_(text) { skip_space(); }
    bool is_date_time() {
        return read_day_name() && read_date() && read_time() && read_zone() && at_ == text_.size();
    }

private:
    void skip_space() { at_ = std::min(skip_space_and_comments(text_, at_), text_.size() + 1); }
    bool has_text() const { return at_ < text_.size(); }

    bool take(char c) {
        if (!has_text() || text_[at_] != c) return false;
        ++at_;
        skip_space();
        return true;
    }
    std::string_view take_word() {
        const auto begin = at_;
        while (has_text() && is_alpha(text_[at_])) ++at_;
        const auto word = text_.substr(std::min(begin, text_.size()), at_ - begin);
        skip_space();
        return word;
    }
    std::optional<Number> take_number(std::size_t least, std::size_t most) {
        Number number{0, 0};
        for (; has_text() && is_digit(text_[at_]) && number.digits < most; ++at_, ++number.digits)
            number.value = number.value * 10 + static_cast<unsigned>(text_[at_] - '0');
        if (number.digits < least || (has_text() && is_digit(text_[at_]))) return std::nullopt;
        skip_space();
        return number;
    }

    bool read_day_name();
    bool read_date();
    bool read_time();
    bool read_zone();

    std::string_view text_;
    std::size_t at_ = 0;  // beyond the text's end once a comment does not end
    std::optional<std::size_t> day_name_;
};

template <std::size_t count>
std::optional<std::size_t> position_in(const std::array<std::string_view, count>& names,
                                       std::string_view word) {
    const auto found =
        std::ranges::find_if(names, [=](auto name) { return equal_ignoring_case(name, word); });
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

bool DateReader::read_day_name() {
    if (!has_text() || !is_alpha(text_[at_])) return true;
    day_name_ = position_in(day_names, take_word());
    return day_name_ && take(',');
}

// RFC 5322 §4.3: years of two and three digits are of the last century, those before 50 of this one.
int full_year(const Number& year) {
    const auto value = static_cast<int>(year.value);
    if (year.digits == 3) return value + 1900;
    if (year.digits == 2) return value < 50 ? value + 2000 : value + 1900;
    return value;
}

bool DateReader::read_date() {
    const auto day = take_number(1, 2);
    const auto month = day ? position_in(month_names, take_word()) : std::nullopt;
    const auto year = month ? take_number(2, 4) : std::nullopt;
    if (!year) return false;
    const std::chrono::year_month_day date{std::chrono::year(full_year(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month) + 1),
                                           std::chrono::day(day->value)};
    if (!date.ok() || date.year() < std::chrono::year(1900)) return false;
    return !day_name_ || std::chrono::weekday(date).c_encoding() == *day_name_;
}

// With a leap second.
bool DateReader::read_time() {
    const auto hour = take_number(2, 2);
    if (!hour || hour->value > 23 || !take(':')) return false;
    const auto minute = take_number(2, 2);
    if (!minute || minute->value > 59) return false;
    if (!take(':')) return true;
    const auto second = take_number(2, 2);
    return second && second->value <= 60;
}

// RFC 5322 §4.3: names of zones that nobody knows are read as well.
bool DateReader::read_zone() {
    if (take('+') || take('-')) {
        const auto zone = take_number(4, 4);
        return zone && zone->value % 100 < 60;
    }
    const auto name = take_word();
    return !name.empty() && name.size() <= zone_name_octets_max;
}

}  // namespace

bool is_date_time(std::string_view body) {
    return DateReader(body).is_date_time();
}

}  // namespace cursus
