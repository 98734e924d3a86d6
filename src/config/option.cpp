#include "config/option.h"

#include <fmt/format.h>

namespace cursus {
namespace {

std::string_view kind_of(const ConfigValue& value) {
    switch (value.value.index()) {
        case 0:
            return "true or false";
        case 1:
            return "a number";
        case 2:
            return "a fraction";
        case 3:
            return "a text";
        case 4:
            return "a list";
        default:
            return "a table";
    }
}

ConfigError wrong_kind(const ConfigValue& value, std::string_view wanted) {
    return {value.place, fmt::format("{} stands here, but this key takes {}", kind_of(value), wanted)};
}

// `parse` on the text of a value, its error placed.
Result<void, ConfigError> parse_text(
    const ConfigValue& value, std::string_view syntax,
    const std::function<Result<void, std::string>(const std::string&)>& parse) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text == nullptr) return failure(wrong_kind(value, syntax));
    auto parsed = parse(*text);
    if (!parsed) return failure(ConfigError{value.place, std::move(parsed).error()});
    return {};
}

}  // namespace

Option text_option(std::string key, std::string& field, std::string syntax, std::string help) {
    return parsed_option(std::move(key), std::move(syntax), std::move(help), '"' + field + '"',
                         [&field](const std::string& text) -> Result<void, std::string> {
                             field = text;
                             return {};
                         });
}

Option flag_option(std::string key, bool& field, std::string help) {
    return {std::move(key), "true or false", std::move(help), field ? "true" : "false",
            [&field](const ConfigValue& value) -> Result<void, ConfigError> {
                const auto* flag = std::get_if<bool>(&value.value);
                if (flag == nullptr) return failure(wrong_kind(value, "true or false"));
                field = *flag;
                return {};
            }};
}

Option count_option(std::string key, std::uint32_t& field, Bounds<std::uint32_t> bounds, std::string help) {
    auto syntax = fmt::format("a number, {} to {}", bounds.least, bounds.most);
    return {std::move(key), syntax, std::move(help), std::to_string(field),
            [&field, bounds, syntax](const ConfigValue& value) -> Result<void, ConfigError> {
                const auto* number = std::get_if<std::int64_t>(&value.value);
                if (number == nullptr) return failure(wrong_kind(value, syntax));
                if (*number < std::int64_t{bounds.least} || *number > std::int64_t{bounds.most}) {
                    return failure(ConfigError{value.place,
                                               fmt::format("{} is out of range; write {}", *number, syntax)});
                }
                field = static_cast<std::uint32_t>(*number);
                return {};
            }};
}

Option port_option(std::string key, std::uint16_t& field, std::string help) {
    return {std::move(key), "a port, 1 to 65535", std::move(help), std::to_string(field),
            [&field](const ConfigValue& value) -> Result<void, ConfigError> {
                const auto* number = std::get_if<std::int64_t>(&value.value);
                if (number == nullptr) return failure(wrong_kind(value, "a port, 1 to 65535"));
                if (*number < 1 || *number > 65535) {
                    return failure(
                        ConfigError{value.place, fmt::format("{} is no port; write 1 to 65535", *number)});
                }
                field = static_cast<std::uint16_t>(*number);
                return {};
            }};
}

Option size_option(std::string key, std::uint64_t& field, Bounds<std::uint64_t> bounds, std::string help) {
    auto syntax = fmt::format("a size, \"{}\" to \"{}\"", size_text(bounds.least), size_text(bounds.most));
    auto parse = [&field, bounds, syntax](const std::string& text) -> Result<void, std::string> {
        TRY(octets, parse_size(text));
        if (octets < bounds.least || octets > bounds.most) {
            return failure(fmt::format("\"{}\" is out of range; write {}", text, syntax));
        }
        field = octets;
        return {};
    };
    return parsed_option(std::move(key), syntax, std::move(help), '"' + size_text(field) + '"',
                         std::move(parse));
}

Option duration_option(std::string key, Duration& field, Bounds<Duration> bounds, std::string help) {
    auto syntax =
        fmt::format("a duration, \"{}\" to \"{}\"", duration_text(bounds.least), duration_text(bounds.most));
    auto parse = [&field, bounds, syntax](const std::string& text) -> Result<void, std::string> {
        TRY(duration, parse_duration(text));
        if (duration < bounds.least || duration > bounds.most) {
            return failure(fmt::format("\"{}\" is out of range; write {}", text, syntax));
        }
        field = duration;
        return {};
    };
    return parsed_option(std::move(key), syntax, std::move(help), '"' + duration_text(field) + '"',
                         std::move(parse));
}

Option list_option(std::string key, std::string syntax, std::string help, std::string shown,
                   std::function<void()> clear,
                   std::function<Result<void, std::string>(const std::string&)> parse) {
    return {std::move(key), syntax, std::move(help), std::move(shown),
            [syntax = std::move(syntax), clear = std::move(clear),
             parse = std::move(parse)](const ConfigValue& value) -> Result<void, ConfigError> {
                clear();
                const auto* list = std::get_if<ConfigList>(&value.value);
                if (list == nullptr) return parse_text(value, syntax, parse);
                for (const auto& element : *list) {
                    TRY_VOID(parse_text(element, syntax, parse));
                }
                return {};
            }};
}

Option parsed_option(std::string key, std::string syntax, std::string help, std::string shown,
                     std::function<Result<void, std::string>(const std::string&)> parse) {
    return {std::move(key), syntax, std::move(help), std::move(shown),
            [syntax = std::move(syntax), parse = std::move(parse)](const ConfigValue& value) {
                return parse_text(value, syntax, parse);
            }};
}

}  // namespace cursus
