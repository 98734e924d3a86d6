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

std::string field_text(std::string_view name, const HeaderEdit& edit) {
    const std::string line = fmt::format("{}: {}", name, edit.body);
    const bool stays =
        edit.folding == HeaderEdit::Folding::AsGiven || edit.body.find(line_end) != std::string::npos;
    return (stays ? line : folded(line)) + std::string(line_end);
}

}  // namespace

HeaderEdit HeaderEdit::append(std::string name, std::string body) {
    return {Kind::Append, std::move(name), std::move(body)};
}
HeaderEdit HeaderEdit::insert(std::uint32_t index, std::string name, std::string body) {
    return {Kind::Insert, std::move(name), std::move(body), index};
}
HeaderEdit HeaderEdit::change(std::uint32_t index, std::string name, std::string body) {
    return {Kind::Change, std::move(name), std::move(body), index};
}
HeaderEdit HeaderEdit::remove_all(std::string name) {
    return {Kind::RemoveAll, std::move(name), {}};
}
HeaderEdit HeaderEdit::remove_from_end(std::uint32_t index, std::string name) {
    return {Kind::RemoveFromEnd, std::move(name), {}, index};
}
HeaderEdit HeaderEdit::tag_subject(std::string tag) {
    return {Kind::TagSubject, "Subject", std::move(tag)};
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

void EditedHeader::Places::remove(std::size_t which) {
    if (which == 0)
        ++begin_;
    else
        places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(begin_ + which));
}

EditedHeader::Places& EditedHeader::places_of(std::string_view name) {
    if (!knows_places_) {
        places_.clear();
        for (std::size_t place = 0; place < fields_.size(); ++place)
            if (!fields_[place].name.empty()) places_[to_lower(fields_[place].name)].add(place);
        knows_places_ = true;
    }
    return places_[to_lower(name)];
}

void EditedHeader::make(const HeaderEdit& edit) {
    if (!is_safe(edit)) return;
    switch (edit.kind) {
        case HeaderEdit::Kind::Append:
            return append(edit);
        case HeaderEdit::Kind::Insert:
            return insert(edit);
        case HeaderEdit::Kind::Change:
            return change(edit);
        case HeaderEdit::Kind::RemoveAll:
            return remove_all(edit);
        case HeaderEdit::Kind::RemoveFromEnd:
            return remove_from_end(edit);
        case HeaderEdit::Kind::TagSubject:
            return tag_subject(edit);
    }
}

bool EditedHeader::Field::is_called(std::string_view other) const {
    return equal_ignoring_case(name, other);
}

void EditedHeader::append(const HeaderEdit& edit) {
    const auto is_no_field = [](const Field& field) { return field.name.empty() && !field.text.empty(); };
    put(std::ranges::find_if(fields_, is_no_field), edit);
}

void EditedHeader::insert(const HeaderEdit& edit) {
    std::uint32_t before = 0;
    const auto is_it = [&](const Field& field) {
        return !field.text.empty() && (field.name.empty() || before++ == edit.index);
    };
    put(std::ranges::find_if(fields_, is_it), edit);
}

void EditedHeader::put(std::vector<Field>::iterator at, const HeaderEdit& edit) {
    if (!has_room_for(edit.body)) return;
    Field field{edit.name, field_text(edit.name, edit)};
    if (at == fields_.end()) {
        end_last_line();
        if (knows_places_) places_of(edit.name).add(fields_.size());
        fields_.push_back(std::move(field));
        return;
    }
    fields_.insert(at, std::move(field));
    knows_places_ = false;
}

void EditedHeader::change(const HeaderEdit& edit) {
    Places& places = places_of(edit.name);
    const std::size_t which = std::max(edit.index, 1U) - 1;
    if (which >= places.size()) {
        if (!edit.body.empty()) append(edit);
    } else if (edit.body.empty()) {
        remove(places, which);
    } else if (has_room_for(edit.body)) {
        Field& field = fields_[places.at(which)];
        field.text = field_text(field.name, edit);
    }
}

void EditedHeader::remove_all(const HeaderEdit& edit) {
    Places& places = places_of(edit.name);
    while (places.size() != 0) remove(places, places.size() - 1);
}

void EditedHeader::remove_from_end(const HeaderEdit& edit) {
    Places& places = places_of(edit.name);
    if (edit.index > 0 && edit.index <= places.size()) remove(places, places.size() - edit.index);
}

void EditedHeader::remove(Places& places, std::size_t which) {
    fields_[places.at(which)] = {};
    places.remove(which);
}

// RFC 5322 §2.1.1: where the line would become too long, the subject begins the next one.
void EditedHeader::tag_subject(const HeaderEdit& edit) {
    const std::string& tag = edit.body;
    const Places& places = places_of(edit.name);
    if (places.size() == 0) return append(edit);
    auto& text = fields_[places.at(0)].text;
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

// A message may end amid its header.
void EditedHeader::end_last_line() {
    const auto last = std::find_if(fields_.rbegin(), fields_.rend(),
                                   [](const Field& field) { return !field.text.empty(); });
    if (last != fields_.rend() && !last->text.ends_with(line_end)) last->text += line_end;
}

std::string edited_header(std::string_view header, const std::vector<HeaderEdit>& edits) {
    EditedHeader edited(header);
    for (const auto& edit : edits) edited.make(edit);
    return edited.text();
}

}  // namespace cursus
