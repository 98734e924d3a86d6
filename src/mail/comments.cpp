#include "mail/comments.h"

namespace cursus {

std::size_t end_of_comment(std::string_view text, std::size_t from) {
    std::size_t depth = 0;
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '(')
            ++depth;
        else if (text[at] == ')' && --depth == 0)
            return at + 1;
    }
    return std::string_view::npos;
}

std::size_t end_of_quoted(std::string_view text, std::size_t from, char last) {
    for (std::size_t at = from + 1; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == last)
            return at + 1;
    }
    return std::string_view::npos;
}

std::size_t skip_space_and_comments(std::string_view text, std::size_t from) {
    while (from < text.size()) {
        if (is_folding_space(text[from])) {
            ++from;
        } else if (text[from] == '(') {
            from = end_of_comment(text, from);
        } else {
            return from;
        }
    }
    return from;
}

}  // namespace cursus
