#include "mail/mime_lines.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "mail/comments.h"

namespace cursus {
namespace {

// Up to where a line begins with a dash.
std::size_t text_length(std::string_view piece) {
    for (std::size_t from = 0;;) {
        const auto end = piece.find('\n', from);
        if (end == std::string_view::npos) return piece.size();
        from = end + 1;
        if (from == piece.size() || piece[from] == '-') return from;
    }
}

bool may_be_content_field(std::string_view line) {
    constexpr std::string_view prefix = "Content-";
    return equal_ignoring_case(line.substr(0, prefix.size()), prefix);
}

}  // namespace

std::optional<MimeBodyLines::Item> MimeBodyLines::next(std::string_view& piece) {
    if (!is_at_line_start_) return take_text(piece);
    const bool is_surely_text = line_.empty() && piece.size() > 1 && piece[1] != '-';
    const bool begins_with_dash = !line_.empty() || piece[0] == '-';
    return begins_with_dash && !is_surely_text ? take_line(piece) : take_text(piece);
}

std::optional<MimeBodyLines::Item> MimeBodyLines::take_line(std::string_view& piece) {
    const auto window = piece.substr(0, delimiter_line_octets_max - line_.size());
    const auto end = window.find('\n');
    const auto taken = window.substr(0, end == std::string_view::npos ? end : end + 1);
    piece.remove_prefix(taken.size());
    const bool is_done =
        end != std::string_view::npos || line_.size() + taken.size() == delimiter_line_octets_max;
    if (!is_done || !line_.empty()) line_ += taken;
    if (!is_done) return std::nullopt;
    is_at_line_start_ = end != std::string_view::npos;
    if (line_.empty()) return Item{Kind::Line, taken};
    given_ = std::exchange(line_, {});
    return Item{Kind::Line, given_};
}

MimeBodyLines::Item MimeBodyLines::take_text(std::string_view& piece) {
    const auto text = piece.substr(0, text_length(piece));
    piece.remove_prefix(text.size());
    is_at_line_start_ = text.back() == '\n';
    return {Kind::Text, text};
}

MimeHeaderFields::Line MimeHeaderFields::add(std::string_view line) {
    ended_.clear();
    if (is_blank(line.front())) {
        const bool is_blank_line = std::ranges::all_of(line, is_blank);
        if (is_kept_) {
            field_ += line_end;
            field_ += line;
        }
        if (!std::exchange(has_line_, true)) return Line::FoldOfNothing;
        return is_blank_line ? Line::BlankFold : Line::Fold;
    }
    std::swap(field_, ended_);
    has_line_ = true;
    const bool has_colon = line.contains(':');
    is_kept_ = has_colon && (keeps_all_ || may_be_content_field(line));
    if (is_kept_) field_ = line;
    return has_colon ? Line::Field : Line::NoColon;
}

void MimeHeaderFields::end() {
    ended_ = std::exchange(field_, {});
    has_line_ = is_kept_ = false;
}

}  // namespace cursus
