// A text's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cursus {

// What spaces, tabs and line ends part; none of them is empty.
std::vector<std::string> words(std::string_view text);

}  // namespace cursus
