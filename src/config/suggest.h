#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cursus {

// What to write instead of a name nobody knows: the nearest of `known` when one is near, else all of them.
std::string suggestion(std::string_view written, const std::vector<std::string>& known);

}  // namespace cursus
