#include "config/toml_reader.h"

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>

namespace cursus {
namespace {

SourcePlace place_of(const toml::source_region& source) {
    return {source.begin.line, static_cast<std::uint32_t>(source.begin.column)};
}

ConfigValue convert(const toml::node& node);

ConfigTable convert_table(const toml::table& table) {
    ConfigTable entries;
    for (const auto& [key, node] : table) {
        entries.push_back({std::string(key.str()), place_of(key.source()), convert(node)});
    }
    std::ranges::sort(entries, [](const auto& a, const auto& b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    return entries;
}

ConfigValue convert(const toml::node& node) {
    ConfigValue result;
    result.place = place_of(node.source());
    if (const auto* text = node.as_string()) {
        result.value = text->get();
    } else if (const auto* integer = node.as_integer()) {
        result.value = integer->get();
    } else if (const auto* boolean = node.as_boolean()) {
        result.value = boolean->get();
    } else if (const auto* number = node.as_floating_point()) {
        result.value = number->get();
    } else if (const auto* array = node.as_array()) {
        ConfigList list;
        for (const auto& element : *array) list.push_back(convert(element));
        result.value = std::move(list);
    } else if (const auto* table = node.as_table()) {
        result.value = convert_table(*table);
    } else {  // dates and times: no key takes one, so its text will be refused by whatever key it was given
              // to
        std::ostringstream written;
        written << toml::node_view(node);
        result.value = written.str();
    }
    return result;
}

}  // namespace

Result<ConfigTable, ConfigError> read_toml(std::string_view text) {
    try {
        return convert_table(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return failure(ConfigError{place_of(error.source()), std::string(error.description())});
    }
}

}  // namespace cursus
