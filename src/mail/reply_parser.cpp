#include "mail/reply_parser.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

// The enhanced status at the front of a line, if it agrees with the code.
std::optional<Status> status_of(std::string_view line, int code) {
    const auto status = Status::parse(line.substr(0, line.find(' ')));
    if (!status || status->status_class != code / 100) return std::nullopt;
    return status;
}

std::string readable(std::string_view line) {
    std::string text(line);
    if (!is_utf8(text)) std::ranges::replace_if(text, [](char c) { return !is_ascii(c); }, '?');
    return text;
}

ReplyFault fault_of(LineViolation violation) {
    return violation == LineViolation::TooLong ? ReplyFault::LineTooLong : ReplyFault::LineEnd;
}

}  // namespace

std::string_view describe(ReplyFault fault) {
    switch (fault) {
        case ReplyFault::LineEnd:
            return "a line of the reply does not end with CRLF";
        case ReplyFault::LineTooLong:
            return "a line of the reply is too long";
        case ReplyFault::TooManyLines:
            return "the reply has too many lines";
        case ReplyFault::Malformed:
            return "what came is no reply";
        case ReplyFault::BadCode:
            return "the reply has an impossible code";
        case ReplyFault::CodeChanged:
            return "the code changes within the reply";
    }
    std::unreachable();
}

std::optional<Result<Reply, ReplyFault>> ReplyParser::next(std::string_view& input) {
    if (fault_) return failure(*fault_);
    while (const auto line = reader_.next(input)) {
        const auto is_last = *line ? add(**line) : failure(fault_of(line->error()));
        if (!is_last) {
            fault_ = is_last.error();
            return failure(*fault_);
        }
        if (*is_last) return take();
    }
    return std::nullopt;
}

// RFC 5321 §4.2, §4.2.1. True when this is the reply's last line.
Result<bool, ReplyFault> ReplyParser::add(std::string_view line) {
    if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), [](char c) { return is_digit(c); })) {
        return failure(ReplyFault::Malformed);
    }
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (code < 200 || code > 599) return failure(ReplyFault::BadCode);
    if (!lines_.empty() && code != code_) return failure(ReplyFault::CodeChanged);
    const char mark = line.size() > 3 ? line[3] : ' ';
    if (mark != ' ' && mark != '-') return failure(ReplyFault::Malformed);
    if (lines_.size() == reply_lines_max) return failure(ReplyFault::TooManyLines);
    code_ = code;
    lines_.push_back(readable(line.substr(std::min<std::size_t>(line.size(), 4))));
    return mark == ' ';
}

Reply ReplyParser::take() {
    const auto status = status_of(lines_.front(), code_);
    if (status) {
        for (auto& line : lines_) {
            if (status_of(line, code_) == status)
                line.erase(0, std::min(line.find(' '), line.size() - 1) + 1);
        }
    }
    return Reply(code_, status, std::exchange(lines_, {}));
}

}  // namespace cursus
