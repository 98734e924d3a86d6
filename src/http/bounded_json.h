// JSON that somebody else wrote: bounded in size and depth.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace cursus {

inline constexpr int json_depth_max = 8;

// An object; nothing: it is none, not JSON, larger or deeper. Of a name that stands there twice the last
// counts (RFC 7515 §4).
std::optional<nlohmann::json> parse_json_object(std::string_view text, std::size_t bytes_max);

// A member that is a text; null: there is none, or it is something else.
const std::string* text_member(const nlohmann::json& object, const char* name);

}  // namespace cursus
