// `if` of a rule: from what is written to typed conditions.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/number.h"
#include "base/text.h"
#include "config/conditions.h"
#include "config/option.h"
#include "config/suggest.h"

namespace cursus {
namespace {

using Operand = decltype(Condition::operand);

ConfigError wrong_operand(const ConfigValue& value, std::string what) {
    return {value.place, std::move(what)};
}

Result<bool, ConfigError> flag_of(const ConfigValue& value) {
    if (const auto* flag = std::get_if<bool>(&value.value)) return *flag;
    return failure(wrong_operand(value, "this condition takes true or false"));
}

// One text or a list of them, each read by `parse`.
template <class Element, class Parse>
Result<std::vector<Element>, ConfigError> list_of(const ConfigValue& value, Parse parse) {
    std::vector<Element> elements;
    const auto add = [&](const ConfigValue& one) -> Result<void, ConfigError> {
        const auto* text = std::get_if<std::string>(&one.value);
        if (text == nullptr)
            return failure(wrong_operand(one, "this condition takes a text, or a list of texts"));
        auto element = parse(*text);
        if (!element) return failure(wrong_operand(one, std::move(element).error()));
        elements.push_back(*std::move(element));
        return {};
    };
    const auto* list = std::get_if<ConfigList>(&value.value);
    if (list == nullptr) {
        TRY_VOID(add(value));
        return elements;
    }
    for (const auto& one : *list) {
        TRY_VOID(add(one));
    }
    if (elements.empty())
        return failure(wrong_operand(value, "an empty list never holds; write what is meant"));
    return elements;
}

Result<std::string, std::string> word_of(const ConditionSpec& spec, const std::string& text) {
    if (spec.words.empty() || std::ranges::find(spec.words, text) != spec.words.end()) return text;
    return failure(suggestion(text, {spec.words.begin(), spec.words.end()}));
}

// ISO 3166-1 alpha-2, as in the file of [auth] countries.
Result<std::string, std::string> country_of(const std::string& text) {
    if (text.size() == 2 && is_alpha(text[0]) && is_alpha(text[1])) return to_upper(text);
    return failure(fmt::format("\"{}\" is no country; write its two letters, as \"IT\"", text));
}

Result<std::string, std::string> free_word_of(const ConditionSpec& spec, const std::string& text) {
    if (text.empty()) return failure(std::string("an empty text never holds"));
    return spec.topic == Topic::Country ? country_of(text) : to_lower(text);
}

Result<HeaderPattern, std::string> header_of(const std::string& text) {
    const auto colon = text.find(':');
    HeaderPattern pattern{to_lower(text.substr(0, colon)), {}};
    const auto is_field_name = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
    if (pattern.field.empty() || !std::ranges::all_of(pattern.field, is_field_name))
        return failure(fmt::format("\"{}\" names no header field; write \"Subject: *offer*\"", text));
    if (colon == std::string::npos) return pattern;
    const auto body = text.find_first_not_of(' ', colon + 1);
    TRY(name, parse_name_pattern(body == std::string::npos ? "" : text.substr(body)));
    pattern.body = std::move(name);
    return pattern;
}

struct Measure {
    Relation relation;
    std::string_view of;
};
Result<Measure, std::string> measure_of(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, Relation>, 5> relations{{
        {">=", Relation::GreaterOrEqual},
        {"<=", Relation::LessOrEqual},
        {">", Relation::Greater},
        {"<", Relation::Less},
        {"=", Relation::Equal},
    }};
    for (const auto& [sign, relation] : relations) {
        if (!text.starts_with(sign)) continue;
        text.remove_prefix(sign.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        return Measure{relation, text};
    }
    return failure(fmt::format("\"{}\" compares with nothing; write \">= 10\"", text));
}

Result<Comparison, ConfigError> comparison_of(const ConfigValue& value, OperandKind kind) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text == nullptr)
        return failure(wrong_operand(value, "this condition compares; write it as a text: \">= 10\""));
    auto measure = measure_of(*text);
    if (!measure) return failure(wrong_operand(value, std::move(measure).error()));
    if (kind == OperandKind::Octets) {
        const auto octets = parse_size(measure->of);
        if (!octets) return failure(wrong_operand(value, octets.error()));
        return Comparison{measure->relation, static_cast<double>(*octets)};
    }
    if (const auto number = parse_number<double>(measure->of)) return Comparison{measure->relation, *number};
    return failure(wrong_operand(value, fmt::format("\"{}\" is no number", measure->of)));
}

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<std::size_t> day_of(std::string_view text) {
    const auto* const found = std::ranges::find(day_names, text);
    if (found == day_names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - day_names.begin());
}

std::optional<std::uint8_t> days_of(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = day_of(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    std::uint8_t days = 0;
    for (std::size_t day = *first;; day = (day + 1) % day_names.size()) {
        days = static_cast<std::uint8_t>(days | (1U << day));
        if (day == *last) return days;
    }
}

std::optional<std::uint16_t> minute_of(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] - '0'; };
    const bool is_clock = text.size() == 5 && text[2] == ':' && std::ranges::all_of(text, [](char c) {
                              return (c >= '0' && c <= '9') || c == ':';
                          });
    if (!is_clock) return std::nullopt;
    const int minutes = (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4);
    if (minutes > 24 * 60 || digit(3) > 5) return std::nullopt;
    return static_cast<std::uint16_t>(minutes);
}

Result<TimeSpan, std::string> time_span_of(const std::string& text) {
    const auto wrong = [&] {
        return failure(fmt::format(
            "\"{}\" is no time; write \"mon-fri 08:00-18:00\", \"22:00-06:00\" or \"sat\"", text));
    };
    TimeSpan span;
    std::string_view rest = text;
    if (const auto days = days_of(rest.substr(0, rest.find(' ')))) {
        span.days = *days;
        const auto space = rest.find(' ');
        if (space == std::string_view::npos) return span;
        rest.remove_prefix(space + 1);
    }
    const auto dash = rest.find('-');
    if (dash == std::string_view::npos) return wrong();
    const auto from = minute_of(rest.substr(0, dash));
    const auto to = minute_of(rest.substr(dash + 1));
    if (!from || !to || *from == *to) return wrong();
    span.from = *from;
    span.to = *to;
    return span;
}

Result<Rate, ConfigError> rate_of(const ConfigValue& value) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text == nullptr)
        return failure(wrong_operand(value, "this condition takes a text: \"100/1h per client\""));
    auto rate = parse_rate(*text);
    if (!rate) return failure(wrong_operand(value, std::move(rate).error()));
    return *std::move(rate);
}

template <class T>
Result<Operand, ConfigError> operand_from(Result<T, ConfigError> parsed) {
    if (!parsed) return failure(std::move(parsed).error());
    return Operand(*std::move(parsed));
}

Result<Operand, ConfigError> operand_of(const ConditionSpec& spec, const ConfigValue& value) {
    const auto word = [&](const std::string& text) { return word_of(spec, text); };
    const auto free_word = [&](const std::string& text) { return free_word_of(spec, text); };
    const bool is_flag = std::holds_alternative<bool>(value.value);
    switch (spec.operand) {
        case OperandKind::Flag:
            return operand_from(flag_of(value));
        case OperandKind::Words:
            return operand_from(list_of<std::string>(value, word));
        case OperandKind::FreeWords:
            return operand_from(list_of<std::string>(value, free_word));
        case OperandKind::FlagOrWords:
            return is_flag ? operand_from(flag_of(value)) : operand_from(list_of<std::string>(value, word));
        case OperandKind::FlagOrNames:
            return is_flag ? operand_from(flag_of(value))
                           : operand_from(list_of<NamePattern>(value, parse_name_pattern));
        case OperandKind::Names:
            return operand_from(list_of<NamePattern>(value, parse_name_pattern));
        case OperandKind::Clients:
            return operand_from(list_of<ClientPattern>(value, parse_client_pattern));
        case OperandKind::Addresses:
            return operand_from(list_of<AddressPattern>(value, parse_address_pattern));
        case OperandKind::Headers:
            return operand_from(list_of<HeaderPattern>(value, header_of));
        case OperandKind::Times:
            return operand_from(list_of<TimeSpan>(value, time_span_of));
        case OperandKind::Number:
        case OperandKind::Octets:
            return operand_from(comparison_of(value, spec.operand));
        case OperandKind::PerTime:
            return operand_from(rate_of(value));
    }
    std::unreachable();
}

// What will be known one day must not look like a slip of the pen, and even less be passed over.
constexpr std::array<std::string_view, 4> later{"spf", "dkim", "dmarc", "arc"};

ConfigError unknown_condition(const ConfigEntry& entry, std::string_view bare_name) {
    if (std::ranges::find(later, bare_name) != later.end())
        return {entry.place,
                fmt::format("the condition \"{}\" is not there yet: this version does not verify "
                            "what it would ask; leave the rule out",
                            bare_name)};
    std::vector<std::string> known{"any", "all"};
    for (const auto& spec : condition_specs()) known.emplace_back(spec.name);
    return {entry.place,
            fmt::format("\"{}\" is no condition; {}", entry.key, suggestion(std::string(bare_name), known))};
}

Result<ConditionGroup, ConfigError> group_of(const ConfigValue& value, ConditionGroup::Of of,
                                             std::size_t depth);

Result<ConditionPart, ConfigError> part_of(const ConfigEntry& entry, std::size_t depth) {
    constexpr std::string_view negation = "not_";
    std::string_view bare = entry.key;
    const bool is_negated = bare.starts_with(negation);
    if (is_negated) bare.remove_prefix(negation.size());
    if (bare == "any" || bare == "all") {
        const auto of = bare == "any" ? ConditionGroup::Of::Any : ConditionGroup::Of::All;
        TRY(group, group_of(entry.value, of, depth + 1));
        group.is_negated = is_negated;
        return ConditionPart(std::move(group));
    }
    const auto spec = std::ranges::find(condition_specs(), bare, &ConditionSpec::name);
    if (spec == condition_specs().end()) return failure(unknown_condition(entry, bare));
    auto operand = operand_of(*spec, entry.value);
    if (!operand) {
        auto error = std::move(operand).error();
        return failure(ConfigError{error.place, fmt::format("{}: {}", entry.key, error.message)});
    }
    return ConditionPart(Condition{spec->topic, is_negated, *std::move(operand)});
}

// The conditions of one table, all of which must hold.
Result<ConditionGroup, ConfigError> table_of(const ConfigTable& table, std::size_t depth) {
    ConditionGroup group;
    for (const auto& entry : table) {
        TRY(part, part_of(entry, depth));
        group.parts.push_back(std::move(part));
    }
    return group;
}

// `any` and `all` stand before a table, whose entries they are about, or before a list of tables.
Result<ConditionGroup, ConfigError> group_of(const ConfigValue& value, ConditionGroup::Of of,
                                             std::size_t depth) {
    if (depth > condition_depth_max)
        return failure(
            ConfigError{value.place, fmt::format("groups stand at most {} deep", condition_depth_max)});
    ConditionGroup group;
    if (const auto* table = std::get_if<ConfigTable>(&value.value)) {
        TRY(of_table, table_of(*table, depth));
        group = std::move(of_table);
    } else if (const auto* list = std::get_if<ConfigList>(&value.value)) {
        for (const auto& element : *list) {
            TRY(inner, group_of(element, ConditionGroup::Of::All, depth + 1));
            group.parts.emplace_back(std::move(inner));
        }
    } else {
        return failure(ConfigError{value.place, "conditions are a table: { client = \"192.0.2.0/24\" }"});
    }
    if (of == ConditionGroup::Of::Any && group.parts.empty())
        return failure(ConfigError{value.place, "an empty \"any\" never holds; write what is meant"});
    group.of = of;
    return group;
}

}  // namespace

Result<ConditionGroup, ConfigError> parse_conditions(const ConfigValue& value) {
    // "Any of these" is what a list means everywhere else.
    if (std::holds_alternative<ConfigList>(value.value))
        return failure(
            ConfigError{value.place,
                        "conditions are a table; say which of these must hold: { any = [{…}, {…}] } "
                        "or { all = [{…}, {…}] }"});
    return group_of(value, ConditionGroup::Of::All, 0);
}

}  // namespace cursus
