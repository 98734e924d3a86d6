// Messages as tests have them.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

// With the line ends of mail, whatever it has.
inline std::string with_line_ends(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n' && !result.ends_with('\r')) result += '\r';
        result += c;
    }
    return result;
}

// Lines as they are typed in a raw string, which may begin on a line of its own.
inline std::string typed_message(std::string_view lines) {
    return with_line_ends(lines.substr(lines.starts_with('\n') ? 1 : 0));
}

}  // namespace cursus
