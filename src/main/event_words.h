// What rules did, as people read it.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace cursus {

// Of an event as the journal has it; rules stand in the file `configuration`. Nothing: it is not about rules,
// and its fields say it as well.
std::optional<std::string> in_words(const nlohmann::json& event, const std::string& configuration);

}  // namespace cursus
