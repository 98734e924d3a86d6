// Contents as they are written in the files of the tables that are files.
#pragma once

#include <string>

#include "tests/contracts/table_under_test.h"

namespace cursus {

inline std::string values_text(const std::vector<std::string>& values) {
    std::string joined;
    for (const auto& value : values) joined += (joined.empty() ? "" : ", ") + value;
    return joined;
}

inline std::string alias_text(const TableContents& contents) {
    std::string text;
    for (const auto& [key, values] : contents) text += key + ": " + values_text(values) + "\n";
    return text;
}

inline std::string regex_text(const TableContents& contents) {
    std::string text;
    for (const auto& [key, values] : contents) text += "/^\\Q" + key + "\\E$/ " + values_text(values) + "\n";
    return text;
}

}  // namespace cursus
