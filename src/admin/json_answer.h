// Answers in JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "admin/http.h"

namespace cursus {

HttpResponse json_answer(const nlohmann::json& json);
HttpResponse json_refusal(unsigned status, const std::string& what);  // {"error":"…"}

std::string value_of(const AdminRequest& request, const std::string& key);  // empty: it is not given

}  // namespace cursus
