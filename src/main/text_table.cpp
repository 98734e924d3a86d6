#include "main/text_table.h"

#include <algorithm>

namespace cursus {
namespace {

// Columns on the terminal, one a code point: good enough for addresses and replies.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string TextTable::text() const {
    std::vector<std::size_t> widths;
    for (const auto& column : columns_) widths.push_back(column.heading.size());
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string out;
    const auto add_line = [&](auto cell_of) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string& cell = cell_of(i);
            const std::string padding(widths[i] - std::min(widths[i], width_of(cell)), ' ');
            if (i != 0) line += "  ";
            line += columns_[i].align == Align::Left ? cell + padding : padding + cell;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    };
    add_line([&](std::size_t i) -> const std::string& { return columns_[i].heading; });
    for (const auto& row : rows_) add_line([&](std::size_t i) -> const std::string& { return row[i]; });
    return out;
}

}  // namespace cursus
