#include "mail/header_edit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

constexpr std::size_t edited_line_octets_max = 998;  // RFC 5322 §2.1.1
constexpr std::size_t fold_at = 78;                  // the same: what a line should not exceed
constexpr std::string_view blanks = " \t";

bool is_line(std::string_view line) {
    return line.size() <= edited_line_octets_max &&
           line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos;
}

// Breaks a line that is too long before a space, as far as it has any. No line is of white space alone, which
// would look like the header's end to some (RFC 5322 §3.2.2).
std::string folded(std::string_view line) {
    std::string text;
    while (line.size() > fold_at) {
        const auto word = line.find_first_not_of(blanks);
        if (word == line.npos) return text;
        auto space = line.find_last_of(' ', fold_at);
        if (space == line.npos || space < word) space = line.find(' ', std::max(word, fold_at));
        if (space == line.npos || line.find_first_not_of(blanks, space) == line.npos) break;
        text += line.substr(0, space);
        text += line_end;
        line.remove_prefix(space);
    }
    text += line;
    return text;
}

std::string field_text(std::string_view name, std::string_view body) {
    const std::string line = fmt::format("{}: {}", name, body);
    const bool is_folded_already = body.find(line_end) != std::string_view::npos;
    return (is_folded_already ? line : folded(line)) + std::string(line_end);
}

}  // namespace

HeaderEdit HeaderEdit::append(std::string name, std::string body) {
    return {Kind::Append, std::move(name), std::move(body), 0};
}
HeaderEdit HeaderEdit::insert(std::uint32_t index, std::string name, std::string body) {
    return {Kind::Insert, std::move(name), std::move(body), index};
}
HeaderEdit HeaderEdit::change(std::uint32_t index, std::string name, std::string body) {
    return {Kind::Change, std::move(name), std::move(body), index};
}
HeaderEdit HeaderEdit::remove_all(std::string name) {
    return {Kind::RemoveAll, std::move(name), {}, 0};
}
HeaderEdit HeaderEdit::remove_from_end(std::uint32_t index, std::string name) {
    return {Kind::RemoveFromEnd, std::move(name), {}, index};
}
HeaderEdit HeaderEdit::tag_subject(std::string tag) {
    return {Kind::TagSubject, "Subject", std::move(tag), 0};
}

bool is_safe(const HeaderEdit& edit) {
    if (!is_field_name(edit.name)) return false;
    if (is_removal(edit)) return true;
    std::string_view rest = edit.body;
    std::size_t before = edit.name.size() + 2;  // on the first line
    while (true) {
        const auto end = rest.find(line_end);
        const auto line = rest.substr(0, end);
        if (!is_line(line) || line.size() + before > edited_line_octets_max) return false;
        if (end == std::string_view::npos) return true;
        rest.remove_prefix(end + line_end.size());
        // A folded line that holds nothing else would end the header for some (RFC 5322 §3.2.2).
        const auto next = rest.substr(0, rest.find(line_end));
        if (next.empty() || !is_blank(next.front()) || next.find_first_not_of(blanks) == next.npos)
            return false;
        before = 0;
    }
}

bool is_removal(const HeaderEdit& edit) {
    switch (edit.kind) {
        case HeaderEdit::Kind::RemoveAll:
        case HeaderEdit::Kind::RemoveFromEnd:
            return true;
        case HeaderEdit::Kind::Change:
            return edit.body.empty();
        case HeaderEdit::Kind::Append:
        case HeaderEdit::Kind::Insert:
        case HeaderEdit::Kind::TagSubject:
            return false;
    }
    std::unreachable();
}

EditedHeader::EditedHeader(std::string_view header) {
    HeaderFields fields(header, TextEnd::IsMessageEnd);
    std::size_t taken = 0;
    while (const auto field = fields.next()) {
        fields_.push_back({std::string(field->name), std::string(field->text)});
        taken += field->text.size();
    }
    rest_ = header.substr(taken);
}

void EditedHeader::make(const HeaderEdit& edit) {
    if (!is_safe(edit)) return;
    switch (edit.kind) {
        case HeaderEdit::Kind::Append:
            return put(fields_.size(), edit.name, edit.body);
        case HeaderEdit::Kind::Insert:
            return put(std::min<std::size_t>(edit.index, fields_.size()), edit.name, edit.body);
        case HeaderEdit::Kind::Change:
            return change(edit);
        case HeaderEdit::Kind::RemoveAll:
            std::erase_if(fields_, [&](const Field& field) { return field.is_called(edit.name); });
            return;
        case HeaderEdit::Kind::RemoveFromEnd:
            return remove_from_end(edit);
        case HeaderEdit::Kind::TagSubject:
            return tag_subject(edit.body);
    }
}

bool EditedHeader::Field::is_called(std::string_view other) const {
    return equal_ignoring_case(name, other);
}

void EditedHeader::change(const HeaderEdit& edit) {
    std::uint32_t seen = 0;
    const auto found = std::ranges::find_if(fields_, [&](const Field& field) {
        return field.is_called(edit.name) && ++seen == std::max(edit.index, 1U);
    });
    if (found == fields_.end()) {
        if (!edit.body.empty()) put(fields_.size(), edit.name, edit.body);
    } else if (edit.body.empty()) {
        fields_.erase(found);
    } else if (has_room_for(edit.body)) {
        found->text = field_text(found->name, edit.body);
    }
}

void EditedHeader::remove_from_end(const HeaderEdit& edit) {
    std::uint32_t seen = 0;
    for (auto field = fields_.end(); field != fields_.begin();) {
        --field;
        if (!field->is_called(edit.name) || ++seen != edit.index) continue;
        fields_.erase(field);
        return;
    }
}

// RFC 5322 §2.1.1: where the line would become too long, the subject begins the next one.
void EditedHeader::tag_subject(const std::string& tag) {
    const auto found =
        std::ranges::find_if(fields_, [](const Field& field) { return field.is_called("Subject"); });
    if (found == fields_.end()) return put(fields_.size(), "Subject", tag);
    auto& text = found->text;
    const auto begin = std::min(text.find_first_not_of(blanks, text.find(':') + 1), text.size());
    if (std::string_view(text).substr(begin).starts_with(tag) || !has_room_for(tag)) return;
    const auto end = std::min(text.find(line_end, begin), text.size());
    const bool is_too_long = end + tag.size() + 1 > edited_line_octets_max;
    text.insert(begin, tag + (is_too_long && begin != end ? "\r\n " : " "));
}

std::string EditedHeader::text() const {
    std::string text;
    for (const auto& field : fields_) text += field.text;
    return text + rest_;
}

bool EditedHeader::has_room_for(std::string_view body) {
    added_ += body.size();
    return added_ <= edits_octets_max;
}

void EditedHeader::put(std::size_t at, std::string_view name, std::string_view body) {
    if (!has_room_for(body)) return;
    // A message may end amid its header.
    if (!fields_.empty() && !fields_.back().text.ends_with(line_end)) fields_.back().text += line_end;
    fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(at),
                   {std::string(name), field_text(name, body)});
}

std::string edited_header(std::string_view header, const std::vector<HeaderEdit>& edits) {
    EditedHeader edited(header);
    for (const auto& edit : edits) edited.make(edit);
    return edited.text();
}

}  // namespace cursus
