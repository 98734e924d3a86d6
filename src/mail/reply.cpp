#include "mail/reply.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

// RFC 5321 §4.5.3.1.5: a reply line has 512 octets at most, code and CRLF included. A longer text is folded.
constexpr std::size_t wire_line_octets_max = 512;
// RFC 4954 §4: of a challenge the client reads one line, whatever other lines are limited to.
constexpr int challenge_code = 334;

void replace_controls(std::string& line) {
    std::ranges::replace_if(line, [](char c) { return is_control(c); }, '?');
}

// The first part of `text` that fits into `room`: cut at a space where there is one, never inside a UTF-8
// character.
std::string_view take_piece(std::string_view& text, std::size_t room) {
    std::size_t cut = text.size();
    std::size_t next = cut;
    if (text.size() > room) {
        cut = text.rfind(' ', room);
        next = cut + 1;
        if (cut == std::string_view::npos || cut == 0) {
            cut = room;
            while (cut > room - 4 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
            next = cut;
        }
    }
    const auto piece = text.substr(0, cut);
    text.remove_prefix(next);
    return piece;
}

}  // namespace

Reply::Reply(int code, std::vector<std::string> lines) : Reply(code, std::nullopt, std::move(lines)) {}

Reply::Reply(int code, std::optional<Status> status, std::vector<std::string> lines)
    : code_(code), status_(status), lines_(std::move(lines)) {
    assert(code_ >= 200 && code_ <= 599);
    assert(!status_ || status_->status_class == code_ / 100);
    if (lines_.empty()) lines_.emplace_back();
    std::ranges::for_each(lines_, replace_controls);
}

std::string Reply::text() const {
    return fmt::format("{}", fmt::join(lines_, " "));
}

std::string Reply::one_line() const {
    return fmt::format("{}{}{}{}{}", code_, status_ ? " " : "", status_ ? status_->text() : "",
                       text().empty() ? "" : " ", text());
}

std::string Reply::wire() const {
    const std::string code = std::to_string(code_);
    const std::string status = status_ ? status_->text() + ' ' : std::string();
    const auto room =
        code_ == challenge_code ? std::string_view::npos : wire_line_octets_max - 6 - status.size();
    std::string wire;
    std::size_t separator = 0;  // behind the code of the last line so far
    for (std::string_view line : lines_) {
        do {
            separator = wire.append(code).size();
            wire.append("-").append(status).append(take_piece(line, room)).append("\r\n");
        } while (!line.empty());
    }
    wire[separator] = ' ';  // RFC 5321 §4.2.1: on the last line only
    return wire;
}

}  // namespace cursus
