#include "mail/date.h"

#include <array>
#include <string_view>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace cursus {

std::string date_text(WallTime when) {
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
    return fmt::format(FMT_COMPILE("{}, {} {} {:04} {:02}:{:02}:{:02} +0000"),
                       days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace cursus
