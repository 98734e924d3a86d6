// The messages and header fields in tests/data/mime-messages, and what their origin's parser makes of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mail/tests/typed_message.h"

namespace cursus {

inline std::string data_file(const std::filesystem::path& path) {
    std::ifstream file(std::filesystem::path(MIME_MESSAGES) / path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

struct DataMessage {
    std::string name;  // "malformed/007"
    std::string text;
    nlohmann::json reading;
};

inline std::vector<DataMessage> data_messages(const std::string& folder) {
    std::vector<DataMessage> messages;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(MIME_MESSAGES) / folder)) {
        if (entry.path().extension() != ".eml") continue;
        const auto name = folder + "/" + entry.path().stem().string();
        messages.push_back({name, with_line_ends(data_file(name + ".eml")),
                            nlohmann::json::parse(data_file(name + ".crlf.json"))});
    }
    EXPECT_FALSE(messages.empty());
    std::ranges::sort(messages, {}, &DataMessage::name);
    return messages;
}

inline nlohmann::json data_fields(const std::string& kind) {
    auto fields = nlohmann::json::parse(data_file("headers/" + kind + ".json"));
    EXPECT_FALSE(fields.empty());
    return fields;
}

}  // namespace cursus
