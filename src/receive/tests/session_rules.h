// Rules for sessions, as an operator writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "config/parse.h"

namespace cursus {

inline std::string rule(std::string_view at, std::string_view condition, std::string_view action) {
    return "[[rule]]\nat = \"" + std::string(at) + "\"\nif = { " + std::string(condition) + " }\n" +
           std::string(action) + "\n";
}

inline std::vector<RuleSettings> parsed_rules(std::string_view text) {
    auto parsed = parse_settings(
        "hostname = \"relay.ancient-rome.net\"\n[policy]\ndefault_rules = false\n" + std::string(text), {});
    EXPECT_TRUE(parsed) << describe_errors("rules", parsed.error());
    return parsed ? parsed->rules : std::vector<RuleSettings>();
}

}  // namespace cursus
