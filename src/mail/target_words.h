// What the readers of targets share.
#pragma once

#include <string>
#include <string_view>

namespace cursus {

std::string_view trimmed(std::string_view text);  // without the spaces and tabs at its ends
std::string excerpt(std::string_view text);  // of what stands in a file, short and printable, for an error

}  // namespace cursus
