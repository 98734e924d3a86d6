// White space and comments, which may stand between the words of a structured field (RFC 5322 §3.2.2), and
// what is quoted in it (RFC 5322 §3.2.4).
#pragma once

#include <cstddef>
#include <string_view>

namespace cursus {

// Of the text of a field: folds are white space too.
constexpr bool is_folding_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Where the comment that begins at `from` ends: behind its last parenthesis. npos: it does not end. Nested
// ones are counted, so that depth costs nothing.
std::size_t end_of_comment(std::string_view text, std::size_t from);

// Where what the octet at `from` opens ends: behind the first `last` that no backslash stands before. npos:
// it does not end.
std::size_t end_of_quoted(std::string_view text, std::size_t from, char last);

// From `from` on, the first octet that is neither white space nor in a comment; the text's size when there is
// none. npos: a comment does not end.
std::size_t skip_space_and_comments(std::string_view text, std::size_t from);

}  // namespace cursus
