#include "base/printable.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

std::size_t control_length(std::string_view text) {
    if (text.empty()) return 0;
    if (is_control(text.front())) return 1;
    return has_c1_control(text.substr(0, 2)) ? 2 : 0;
}

void append_printable(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_sequence_length(text);
        if (length == 0 || control_length(text) != 0) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
}

std::string printable(std::string_view text) {
    std::string out;
    append_printable(out, text);
    return out;
}

}  // namespace cursus
