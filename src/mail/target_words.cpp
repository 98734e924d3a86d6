#include "mail/target_words.h"

#include "base/printable.h"

namespace cursus {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t";
    const auto begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t excerpt_octets_max = 100;
    if (text.size() <= excerpt_octets_max) return printable(text);
    return printable(text.substr(0, excerpt_octets_max)) + "...";
}

}  // namespace cursus
