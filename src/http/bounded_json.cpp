#include "http/bounded_json.h"

namespace cursus {

std::optional<nlohmann::json> parse_json_object(std::string_view text, std::size_t bytes_max) {
    using Json = nlohmann::json;
    if (text.size() > bytes_max) return std::nullopt;
    bool is_too_deep = false;
    const auto look = [&is_too_deep](int depth, Json::parse_event_t, Json&) {
        is_too_deep = is_too_deep || depth > json_depth_max;
        return !is_too_deep;
    };
    Json parsed = Json::parse(text, look, false);
    if (is_too_deep || !parsed.is_object()) return std::nullopt;
    return parsed;
}

const std::string* text_member(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : found->get_ptr<const std::string*>();
}

}  // namespace cursus
