#include "mail/mbox.h"

#include <array>

#include <fmt/format.h>

namespace cursus {

namespace {

constexpr std::string_view from_word = "From ";
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string asctime_text(WallTime at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    return fmt::format("{} {} {:2} {:02}:{:02}:{:02} {:04}", weekdays[std::chrono::weekday(day).c_encoding()],
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       static_cast<int>(date.year()));
}

bool is_blank_or_control(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet <= ' ' || octet == 0x7f;
}

}  // namespace

std::string from_line(std::string_view envelope_sender, WallTime at) {
    std::string sender(envelope_sender.empty() ? "MAILER-DAEMON" : envelope_sender);
    for (char& c : sender) {
        if (is_blank_or_control(c)) c = '_';
    }
    return fmt::format("From {} {}\n", sender, asctime_text(at));
}

std::string FromQuoting::held() const {
    return std::string(angles_, '>') + std::string(from_word.substr(0, matched_));
}

// Of a line that is undecided.
void FromQuoting::take(char c, std::string& out) {
    if (c == '>' && matched_ == 0) {
        ++angles_;
        return;
    }
    if (c == from_word[matched_]) {
        ++matched_;
        if (matched_ < from_word.size()) return;
        out += '>' + held();
    } else {
        out += held() + c;
    }
    line_ = c == '\n' ? Line::Undecided : Line::Plain;
    angles_ = matched_ = 0;
}

std::string FromQuoting::add(std::string_view piece) {
    std::string out;
    out.reserve(piece.size() + 64);
    while (!piece.empty()) {
        if (line_ == Line::Plain) {  // nothing of interest before the line's end
            const auto end = piece.find('\n');
            const std::size_t taken = end == std::string_view::npos ? piece.size() : end + 1;
            out += piece.substr(0, taken);
            piece.remove_prefix(taken);
            if (end != std::string_view::npos) line_ = Line::Undecided;
            continue;
        }
        take(piece.front(), out);
        piece.remove_prefix(1);
    }
    return out;
}

std::string FromQuoting::end() {
    const bool is_amid_line = line_ == Line::Plain || angles_ + matched_ > 0;
    std::string out = held() + (is_amid_line ? "\n\n" : "\n");
    *this = {};
    return out;
}

}  // namespace cursus
