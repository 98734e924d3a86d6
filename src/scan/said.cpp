#include "scan/said.h"

#include <algorithm>

#include "base/text.h"
#include "scan/verdict.h"

namespace cursus {

std::string as_said(std::string_view text, std::size_t octets_max) {
    std::string said(text.substr(0, octets_max));
    std::ranges::replace_if(said, [](char c) { return !is_printable(c); }, '?');
    return said;
}

bool is_symbol(std::string_view name) {
    return !name.empty() && name.size() <= spam_symbol_octets_max &&
           std::ranges::all_of(name, [](char c) { return is_printable(c) && c != ' '; });
}

}  // namespace cursus
