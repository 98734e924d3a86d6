#include "base/words.h"

namespace cursus {

std::vector<std::string> words(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string> found;
    for (auto begin = text.find_first_not_of(blanks); begin != std::string_view::npos;
         begin = text.find_first_not_of(blanks)) {
        text.remove_prefix(begin);
        const auto word = text.substr(0, text.find_first_of(blanks));
        found.emplace_back(word);
        text.remove_prefix(word.size());
    }
    return found;
}

}  // namespace cursus
