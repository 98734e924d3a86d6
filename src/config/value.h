// A configuration value with the place it was written at. Keeps toml++ out of every file but toml_reader.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cursus {

struct SourcePlace {
    std::uint32_t line = 0, column = 0;  // from 1; 0: no place (a missing key)
};

struct ConfigValue;
struct ConfigEntry;
using ConfigList = std::vector<ConfigValue>;
using ConfigTable = std::vector<ConfigEntry>;  // in the order of the file

struct ConfigValue {
    std::variant<bool, std::int64_t, double, std::string, ConfigList, ConfigTable> value;
    SourcePlace place;
};

struct ConfigEntry {
    std::string key;
    SourcePlace place;  // of the key
    ConfigValue value;
};

struct ConfigError {
    SourcePlace place;
    std::string message;  // names the key, what is wrong and what to write instead
};

}  // namespace cursus
