#include "scan/milter_reply_text.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace cursus {
namespace {

std::unexpected<std::string> no_milter_reply(std::string_view why) {
    return failure("its reply to the client " + std::string(why));
}

// Sendmail takes the text for a format, so that milters write a percent sign twice. Octets that are not ASCII
// have no place in a reply (RFC 5321 §4.2) to a client that has not asked for them.
std::string plain_milter_text(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        plain += is_ascii(text[i]) ? text[i] : '?';
        if (text.substr(i, 2) == "%%") ++i;
    }
    return plain;
}

// "550-5.7.1 text" and "550 5.7.1 text", taken apart.
struct ReplyTextLine {
    std::string code;
    bool is_last;
    std::optional<Status> status;
    std::string text;
};

// RFC 3463 §2: a status is what looks like one, and stands before a space or alone.
std::optional<Status> take_milter_status(std::string_view& text) {
    const auto word = text.substr(0, text.find(' '));
    const auto status = Status::parse(word);
    if (status) text.remove_prefix(std::min(word.size() + 1, text.size()));
    return status;
}

std::optional<ReplyTextLine> parse_milter_line(std::string_view line) {
    if (line.size() < 3 || (line[0] != '4' && line[0] != '5') || !is_digit(line[1]) || !is_digit(line[2]))
        return std::nullopt;
    ReplyTextLine parsed{.code = std::string(line.substr(0, 3)), .is_last = true, .status = {}, .text = {}};
    line.remove_prefix(3);
    if (!line.empty()) {
        if (line[0] != ' ' && line[0] != '-') return std::nullopt;
        parsed.is_last = line[0] == ' ';
        line.remove_prefix(1);
    }
    parsed.status = take_milter_status(line);
    parsed.text = plain_milter_text(line);
    return parsed;
}

}  // namespace

Result<Reply, std::string> parse_milter_reply_text(std::string_view text) {
    std::optional<ReplyTextLine> first;
    std::vector<std::string> lines;
    bool is_over = false;
    while (!is_over) {
        const auto end = text.find(line_end);
        // RFC 5321 §4.2 allows tabs, too.
        std::string line(text.substr(0, end));
        std::ranges::replace(line, '\t', ' ');
        is_over = end == std::string_view::npos;
        text.remove_prefix(is_over ? text.size() : end + line_end.size());
        // A line break at the very end is no further line.
        is_over = is_over || text.empty();
        if (has_control(line)) return no_milter_reply("holds control characters");
        if (line.size() > milter_reply_line_octets_max || lines.size() == milter_reply_lines_max)
            return no_milter_reply("is too long");
        auto parsed = parse_milter_line(line);
        if (!parsed) return no_milter_reply("does not begin with a code of 4xx or 5xx");
        if (first && first->code != parsed->code) return no_milter_reply("has two codes");
        if (parsed->is_last != is_over) return no_milter_reply("ends before its end, or not at all");
        lines.push_back(std::move(parsed->text));
        if (!first) first = std::move(parsed);
    }
    const int code = (first->code[0] - '0') * 100 + (first->code[1] - '0') * 10 + (first->code[2] - '0');
    const auto class_of_code = static_cast<std::uint8_t>(code / 100);
    if (first->status && first->status->status_class != class_of_code)
        return no_milter_reply("has a code and a status that do not agree");
    // RFC 3463 §3.8: it is policy, as far as we know.
    const Status status = first->status.value_or(Status{class_of_code, 7, 1});
    return Reply(code, status, std::move(lines));
}

}  // namespace cursus
