// Tables for people: columns as wide as their contents.
#pragma once

#include <string>
#include <vector>

namespace cursus {

enum class Align : std::uint8_t { Left, Right };

class TextTable {
public:
    struct Column {
        std::string heading;
        Align align = Align::Left;
    };
    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace cursus
