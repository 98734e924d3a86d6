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

bool is_white_space(char c) {
    return c == ' ' || c == '\t';
}

// RFC 5322 §2.2: printable ASCII without a colon.
bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

bool is_line(std::string_view line) {
    return line.size() <= edited_line_octets_max &&
           line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos;
}

// Breaks a line that is too long before a space, as far as it has any.
std::string folded(std::string_view line) {
    std::string text;
    while (line.size() > fold_at) {
        auto space = line.find_last_of(' ', fold_at);
        if (space == std::string_view::npos || space == 0) space = line.find(' ', fold_at);
        if (space == std::string_view::npos) break;
        text += line.substr(0, space);
        text += line_end;
        line.remove_prefix(space);
        // A line of nothing but white space would look like the header's end to some (RFC 5322 §3.2.2).
        if (line.find_first_not_of(" \t") == std::string_view::npos)
            return text.substr(0, text.size() - line_end.size());
    }
    text += line;
    return text;
}

std::string field_text(std::string_view name, std::string_view body) {
    const std::string line = fmt::format("{}: {}", name, body);
    const bool is_folded_already = body.find(line_end) != std::string_view::npos;
    return (is_folded_already ? line : folded(line)) + std::string(line_end);
}

// The header's fields while they are edited.
class Fields {
public:
    explicit Fields(std::string_view header) {
        HeaderFields fields(header, TextEnd::IsMessageEnd);
        std::size_t taken = 0;
        while (const auto field = fields.next()) {
            fields_.push_back({std::string(field->name), std::string(field->text)});
            taken += field->text.size();
        }
        rest_ = header.substr(taken);  // beyond what is looked at, too
    }

    void append(const HeaderEdit& edit) { put(fields_.size(), edit.name, edit.body); }
    void insert(const HeaderEdit& edit) {
        put(std::min<std::size_t>(edit.index, fields_.size()), edit.name, edit.body);
    }

    void change(const HeaderEdit& edit) {
        std::uint32_t seen = 0;
        const auto is_meant = [&](const Field& field) {
            return equal_ignoring_case(field.name, edit.name) && ++seen == std::max(edit.index, 1U);
        };
        const auto found = std::ranges::find_if(fields_, is_meant);
        if (found == fields_.end()) {
            if (!edit.body.empty()) append(edit);
        } else if (edit.body.empty()) {
            fields_.erase(found);
        } else if (has_room_for(edit.body)) {
            found->text = field_text(found->name, edit.body);
        }
    }

    void remove_all(const HeaderEdit& edit) {
        std::erase_if(fields_,
                      [&](const Field& field) { return equal_ignoring_case(field.name, edit.name); });
    }

    void remove_from_end(const HeaderEdit& edit) {
        std::uint32_t seen = 0;
        for (auto field = fields_.end(); field != fields_.begin();) {
            --field;
            if (!equal_ignoring_case(field->name, edit.name) || ++seen != edit.index) continue;
            fields_.erase(field);
            return;
        }
    }

    void tag_subject(const HeaderEdit& edit) {
        const auto is_subject = [](const Field& field) { return equal_ignoring_case(field.name, "Subject"); };
        const auto found = std::ranges::find_if(fields_, is_subject);
        if (found == fields_.end()) return put(fields_.size(), "Subject", edit.body);
        const auto colon = found->text.find(':');
        const auto begin = std::min(found->text.find_first_not_of(" \t", colon + 1), found->text.size());
        if (std::string_view(found->text).substr(begin).starts_with(edit.body) || !has_room_for(edit.body))
            return;
        found->text.insert(begin, edit.body + ' ');
    }

    std::string text() const {
        std::string text;
        for (const auto& field : fields_) text += field.text;
        return text + rest_;
    }

private:
    struct Field {
        std::string name;  // empty: the line is no field
        std::string text;
    };

    bool has_room_for(std::string_view body) {
        added_ += body.size();
        return added_ <= edits_octets_max;
    }
    void put(std::size_t at, std::string_view name, std::string_view body) {
        if (!has_room_for(body)) return;
        end_last_line();
        fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(at),
                       {std::string(name), field_text(name, body)});
    }
    // A message may end amid its header.
    void end_last_line() {
        if (!fields_.empty() && !fields_.back().text.ends_with(line_end)) fields_.back().text += line_end;
    }

    std::vector<Field> fields_;
    std::string rest_;
    std::size_t added_ = 0;
};

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
    if (!is_name(edit.name)) return false;
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
        if (next.empty() || !is_white_space(next.front()) || next.find_first_not_of(" \t") == next.npos)
            return false;
        before = 0;
    }
}

std::string edited_header(std::string_view header, const std::vector<HeaderEdit>& edits) {
    Fields fields(header);
    for (const auto& edit : edits) {
        if (!is_safe(edit)) continue;
        switch (edit.kind) {
            case HeaderEdit::Kind::Append:
                fields.append(edit);
                break;
            case HeaderEdit::Kind::Insert:
                fields.insert(edit);
                break;
            case HeaderEdit::Kind::Change:
                fields.change(edit);
                break;
            case HeaderEdit::Kind::RemoveAll:
                fields.remove_all(edit);
                break;
            case HeaderEdit::Kind::RemoveFromEnd:
                fields.remove_from_end(edit);
                break;
            case HeaderEdit::Kind::TagSubject:
                fields.tag_subject(edit);
                break;
        }
    }
    return fields.text();
}

}  // namespace cursus
