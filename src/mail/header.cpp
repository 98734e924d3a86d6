#include "mail/header.h"

#include <algorithm>

#include "base/text.h"

namespace cursus {
namespace {

std::string_view without_trailing_space(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// Where the field at the front of `text` ends: behind the first CRLF that no folded line follows. npos: not
// in `text`.
std::size_t end_of_field(std::string_view text) {
    for (std::size_t from = 0;;) {
        const auto end = text.find(line_end, from);
        if (end == std::string_view::npos) return end;
        from = end + line_end.size();
        if (from == text.size() || !is_blank(text[from])) return from;
    }
}

}  // namespace

bool is_field_name(std::string_view name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return is_printable(c) && c != ' ' && c != ':'; });
}

std::optional<HeaderField> HeaderFields::next() {
    if (has_ended_) return std::nullopt;
    if (rest_.starts_with(line_end)) {
        rest_.remove_prefix(line_end.size());
        has_ended_ = true;
        return std::nullopt;
    }
    auto end = end_of_field(rest_);
    if (end == std::string_view::npos && is_whole_ && !rest_.empty()) end = rest_.size();
    if (end == std::string_view::npos) return std::nullopt;
    HeaderField field{.name = {}, .body = {}, .text = rest_.substr(0, end)};
    rest_.remove_prefix(end);
    const auto colon = field.text.find(':');
    const auto name = without_trailing_space(field.text.substr(0, colon));
    if (colon == std::string_view::npos || !is_field_name(name)) return field;
    field.name = name;
    field.body = field.text.substr(colon + 1);
    if (field.body.ends_with(line_end)) field.body.remove_suffix(line_end.size());
    while (!field.body.empty() && is_blank(field.body.front())) field.body.remove_prefix(1);
    return field;
}

HeaderFront header_front(std::string_view message, TextEnd end, HeaderFront::Lines lines) {
    HeaderFields fields(message, end);
    HeaderFront front;
    while (const auto field = fields.next()) {
        if (field->name.empty() && lines == HeaderFront::Lines::Fields) {
            front.end = HeaderFront::End::AtLineThatIsNoField;
            return front;
        }
        front.octets += field->text.size();
    }
    if (fields.has_ended()) front.end = HeaderFront::End::AtEmptyLine;
    return front;
}

void HeaderSurvey::feed(std::string_view piece) {
    while (!has_ended_ && !piece.empty()) {
        const auto before = piece.size();
        take(piece);
        octets_ += before - piece.size();
        if (octets_ >= header_octets_max) has_ended_ = true;
    }
}

void HeaderSurvey::take(std::string_view& piece) {
    if (where_ == Where::Rest) {
        const auto end = piece.find('\n');
        if (end != std::string_view::npos) where_ = Where::LineStart;
        piece.remove_prefix(end == std::string_view::npos ? piece.size() : end + 1);
        return;
    }
    if (where_ == Where::LineStart) {
        name_octets_ = 0;
        where_ = is_blank(piece[0]) ? Where::Rest : Where::Name;
        return;
    }
    take_name(piece);
}

void HeaderSurvey::take_name(std::string_view& piece) {
    const char c = piece[0];
    piece.remove_prefix(1);
    if (c == '\n') {
        end_line();
    } else if (c == ':') {
        note_field();
        where_ = Where::Rest;
    } else if (is_blank(c) && name_octets_ != 0 && is_blank(name_[name_octets_ - 1])) {
        // One space stands for all, or enough of them would hide a Received field from whoever counts.
    } else if (name_octets_ == name_.size()) {
        ++fields_;  // whatever it is, it is none of those that are counted
        where_ = Where::Rest;
    } else {
        name_[name_octets_++] = c;
    }
}

// A line ended before any colon: the empty one that ends the header, or no field.
void HeaderSurvey::end_line() {
    const std::string_view line(name_.data(), name_octets_);
    if (line.empty() || line == "\r")
        has_ended_ = true;
    else
        ++malformed_lines_;
    where_ = Where::LineStart;
}

void HeaderSurvey::note_field() {
    const auto name = without_trailing_space({name_.data(), name_octets_});
    if (!is_field_name(name)) {
        ++malformed_lines_;
        return;
    }
    ++fields_;
    if (equal_ignoring_case(name, "Received"))
        ++received_;
    else if (equal_ignoring_case(name, "From"))
        ++from_;
    else if (equal_ignoring_case(name, "Date"))
        ++date_;
    else if (equal_ignoring_case(name, "Message-ID"))
        ++message_id_;
}

}  // namespace cursus
