#pragma once

#include <string_view>

namespace cursus {

inline constexpr std::string_view version = "0.1.0";

}  // namespace cursus
