#include "admin/json_answer.h"

namespace cursus {

namespace {
using Json = nlohmann::json;
}

HttpResponse json_answer(const Json& json) {
    // What a client sent may hold octets that are not UTF-8: they are replaced, never refused.
    return {200, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse json_refusal(unsigned status, const std::string& what) {
    return {status, "application/json",
            Json{{"error", what}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::string value_of(const AdminRequest& request, const std::string& key) {
    const auto found = request.query.find(key);
    return found == request.query.end() ? std::string() : found->second;
}

}  // namespace cursus
