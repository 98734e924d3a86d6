// What a MimeWalker says of a message, as text: a line for each part, indented by depth, and behind them what
// is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"
#include "mail/mime_walker.h"

namespace cursus {

class MimeRecord final : public MimeSink {
public:
    void field(std::string_view text, HeaderOf whose) override {
        fields += fmt::format("{}: {}\n", whose == HeaderOf::Message ? "message" : "part", printable(text));
    }
    bool part_begins(const MimePart& part) override {
        begin_line();
        parts += fmt::format("{:{}}{}", "", part.depth * 2, part.media_type);
        if (!part.charset.empty()) parts += " charset " + part.charset;
        if (!part.disposition.empty()) parts += " " + part.disposition;
        for (const auto& name : part.file_names) parts += fmt::format(" [{}]", printable(name));
        if (part.is_embedded) parts += " embedded";
        open.push_back(part.number);
        file_names.push_back(part.file_names);
        return true;
    }
    void content(std::string_view octets) override { octets_ += octets; }
    void part_ends(std::uint32_t number) override {
        begin_line();
        if (open.empty() || open.back() != number)
            wrong += fmt::format("part {} ends and is not the last open one\n", number);
        else
            open.pop_back();
    }
    void malformed(Malformation what, std::string_view, std::uint32_t part) override {
        wrong += fmt::format("{} in {}\n", facts_of(what).name, part);
    }

    std::string text() const { return parts + wrong; }

    std::string fields, parts, wrong;
    std::vector<std::vector<std::string>> file_names;
    std::vector<std::uint32_t> open;

private:
    void begin_line() {
        if (!octets_.empty()) parts += " = " + printable(octets_);
        octets_.clear();
        if (!parts.empty() && !parts.ends_with('\n')) parts += '\n';
    }
    std::string octets_;  // of the part that has begun last
};

inline constexpr MimeWalk whole_walk{.reports_fields = true, .checks_octets = true};

// In pieces of `step` octets.
inline MimeRecord walk(std::string_view message, std::size_t step = std::string_view::npos) {
    MimeRecord record;
    MimeWalker walker(record, whole_walk);
    while (!message.empty()) {
        const auto piece = message.substr(0, step);
        walker.feed(piece);
        message.remove_prefix(piece.size());
    }
    walker.finish();
    return record;
}

}  // namespace cursus
