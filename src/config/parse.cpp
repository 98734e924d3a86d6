#include "config/parse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <cassert>
#include <iterator>

#include "base/printable.h"
#include "config/check.h"
#include "config/conditions.h"
#include "config/default_rules.h"
#include "config/schema.h"
#include "config/suggest.h"
#include "config/toml_reader.h"

namespace cursus {
namespace {

using Errors = std::vector<ConfigError>;

// Sets one key of a table from the file.
void apply(const ConfigEntry& entry, const TableSchema& table, Errors& errors) {
    const auto option = std::ranges::find(table.options, entry.key, &Option::key);
    if (option == table.options.end()) {
        std::vector<std::string> known;
        for (const auto& candidate : table.options) known.push_back(candidate.key);
        const auto where =
            table.name.empty() ? std::string("before the first table") : "in [" + table.name + "]";
        errors.push_back({entry.place, fmt::format("\"{}\" is not a key {}; {}", entry.key, where,
                                                   suggestion(entry.key, known))});
        return;
    }
    auto set = option->set(entry.value);
    if (!set) {
        auto error = std::move(set).error();
        errors.push_back({error.place, fmt::format("{}: {}", entry.key, error.message)});
    }
}

void apply_table(const ConfigTable& entries, const TableSchema& table, Errors& errors) {
    for (const auto& entry : entries) apply(entry, table, errors);
}

// The elements of [[name]], each made by `add` and described by `schema_of`.
template <class Element>
void apply_repeated(const ConfigEntry& entry, TableSchema (*schema_of)(Element&),
                    std::vector<Element>& elements, std::vector<ElementPlace>& places, Errors& errors) {
    const auto* list = std::get_if<ConfigList>(&entry.value.value);
    if (list == nullptr) {
        errors.push_back(
            {entry.place,
             fmt::format("{0} may stand many times: write [[{0}]], with two brackets", entry.key)});
        return;
    }
    for (const auto& value : *list) {
        const auto* table = std::get_if<ConfigTable>(&value.value);
        if (table == nullptr) {
            errors.push_back({value.place, fmt::format("each {0} is a table: write [[{0}]]", entry.key)});
            continue;
        }
        Element element;
        apply_table(*table, schema_of(element), errors);
        elements.push_back(std::move(element));
        ElementPlace place{value.place, {}};
        for (const auto& written : *table) place.keys.emplace(written.key, written.place);
        places.push_back(std::move(place));
    }
}

using ApplyRepeated = void (*)(const ConfigEntry&, Settings&, ConfigPlaces&, Errors&);
const std::map<std::string_view, ApplyRepeated>& repeated_tables() {
    static const std::map<std::string_view, ApplyRepeated> tables{
        {"listener", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                        Errors& e) { apply_repeated(entry, listener_table, s.listeners, p.listeners, e); }},
        {"certificate",
         [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p, Errors& e) {
             apply_repeated(entry, certificate_table, s.certificates, p.certificates, e);
         }},
        {"rule", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                    Errors& e) { apply_repeated(entry, rule_table, s.rules, p.rules, e); }},
        {"dnslist", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                       Errors& e) { apply_repeated(entry, dns_list_table, s.dns_lists, p.dns_lists, e); }},
        {"alias", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                     Errors& e) { apply_repeated(entry, alias_table, s.aliases, p.aliases, e); }},
        {"route", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                     Errors& e) { apply_repeated(entry, route_table, s.routes, p.routes, e); }},
        {"table", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                     Errors& e) { apply_repeated(entry, lookup_table, s.tables, p.lookup_tables, e); }},
        {"domain", [](const ConfigEntry& entry, Settings& s, ConfigPlaces& p,
                      Errors& e) { apply_repeated(entry, domain_table, s.domain_times, p.domains, e); }},
    };
    return tables;
}

void apply_top(const ConfigEntry& entry, const std::vector<TableSchema>& tables, Settings& settings,
               ConfigPlaces& places, Errors& errors) {
    const auto repeated = repeated_tables().find(entry.key);
    if (repeated != repeated_tables().end()) return repeated->second(entry, settings, places, errors);
    const auto table = std::ranges::find(tables, entry.key, &TableSchema::name);
    if (table == tables.end() || entry.key.empty()) {
        const auto* const list = std::get_if<ConfigList>(&entry.value.value);
        const bool is_table = std::holds_alternative<ConfigTable>(entry.value.value);
        const bool is_repeated =
            list != nullptr && !list->empty() && std::holds_alternative<ConfigTable>(list->front().value);
        if (!is_table && !is_repeated) return apply(entry, tables.front(), errors);
        std::vector<std::string> known;
        for (const auto& [name, apply_it] : repeated_tables()) known.emplace_back(name);
        for (const auto& candidate : tables) known.push_back(candidate.name);
        errors.push_back({entry.place, fmt::format("there is no table {}; {}",
                                                   is_table ? "[" + entry.key + "]" : "[[" + entry.key + "]]",
                                                   suggestion(entry.key, known))});
        return;
    }
    places.tables[entry.key] = entry.place;
    const auto* entries = std::get_if<ConfigTable>(&entry.value.value);
    if (entries == nullptr) {
        errors.push_back(
            {entry.place, fmt::format("{0} is a table, and stands once: write [{0}]", entry.key)});
        return;
    }
    apply_table(*entries, *table, errors);
}

void name_rules(std::vector<RuleSettings>& rules, const std::vector<ElementPlace>& places,
                RuleOrigin origin) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        rules[i].origin = origin;
        rules[i].line = places[i].start.line;
        if (rules[i].name.empty()) rules[i].name = fmt::format("line-{}", rules[i].line);
    }
}

// Those of the default rules that can be asked with these settings.
std::vector<RuleSettings> default_rules_of(std::string_view text, const Settings& settings) {
    Settings scratch;
    ConfigPlaces places;
    Errors errors;
    const auto file = read_toml(text);
    for (const auto& entry : file.value()) apply_top(entry, plain_tables(scratch), scratch, places, errors);
    assert(errors.empty());
    name_rules(scratch.rules, places.rules, RuleOrigin::Default);
    std::erase_if(scratch.rules,
                  [&](const RuleSettings& rule) { return missing_for(rule.when, settings).has_value(); });
    return std::move(scratch.rules);
}

void surround_with_defaults(Settings& settings) {
    if (!settings.policy.default_rules) return;
    const DefaultRules defaults = default_rules();
    auto rules = default_rules_of(defaults.first, settings);
    std::ranges::move(settings.rules, std::back_inserter(rules));
    std::ranges::move(default_rules_of(defaults.last, settings), std::back_inserter(rules));
    settings.rules = std::move(rules);
}

void print_table(std::string& out, const TableSchema& table, std::string_view heading) {
    out += heading.empty() ? "" : fmt::format("\n# {}\n{}\n", table.help, heading);
    for (const auto& option : table.options) {
        out +=
            fmt::format("# {} Takes {}.\n# {} = {}\n", option.help, option.syntax, option.key, option.shown);
    }
}

}  // namespace

Result<Settings, Errors> parse_settings(std::string_view text, const SystemDefaults& system) {
    const auto file = read_toml(text);
    if (!file) return failure(Errors{file.error()});
    Settings settings;
    ConfigPlaces places;
    Errors errors;
    {
        const auto tables = plain_tables(settings);
        for (const auto& entry : *file) apply_top(entry, tables, settings, places, errors);
    }
    fill_defaults(settings, system, places);
    name_rules(settings.rules, places.rules, RuleOrigin::File);
    if (errors.empty()) check_settings(settings, places, errors);
    if (!errors.empty()) {
        std::ranges::sort(errors, {},
                          [](const ConfigError& e) { return std::pair(e.place.line, e.place.column); });
        return failure(std::move(errors));
    }
    surround_with_defaults(settings);
    return settings;
}

std::string describe_errors(std::string_view file, const Errors& errors) {
    std::string out;
    for (const auto& error : errors) {
        const auto message = printable(error.message);
        if (error.place.line == 0) {
            out += fmt::format("{}: {}\n", file, message);
        } else {
            out += fmt::format("{}:{}:{}: {}\n", file, error.place.line, error.place.column, message);
        }
    }
    return out;
}

// As comments, in lines that are not too long.
std::string commented(std::string_view text) {
    constexpr std::size_t line_octets_max = 110;
    std::string out;
    for (std::string_view indent = "#   "; !text.empty(); indent = "#       ") {
        auto end = text.size();
        if (end > line_octets_max) end = std::min(text.rfind(' ', line_octets_max), text.size());
        out += fmt::format("{}{}\n", indent, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

// What `if` of a rule takes, a condition a paragraph.
std::string conditions_manual() {
    std::string out = "#\n# Conditions for `if`, each with the stage from which on it is known:\n";
    for (const auto& spec : condition_specs()) {
        auto text = fmt::format("{} ({}): {}.", spec.name, name(spec.from), spec.help);
        if (!spec.words.empty()) text += fmt::format(" Words: \"{}\".", fmt::join(spec.words, "\", \""));
        out += commented(text);
    }
    return out;
}

std::string manual() {
    Settings settings;
    fill_defaults(settings, {}, {});
    std::string out;
    for (const auto& table : plain_tables(settings)) {
        print_table(out, table, table.name.empty() ? "" : "[" + table.name + "]");
    }
    ListenerSettings listener;
    print_table(out, listener_table(listener), "[[listener]]");
    CertificateSettings certificate;
    print_table(out, certificate_table(certificate), "[[certificate]]");
    RuleSettings rule;
    print_table(out, rule_table(rule), "[[rule]]");
    out += conditions_manual();
    DnsListSettings list;
    print_table(out, dns_list_table(list), "[[dnslist]]");
    RouteSettings route;
    print_table(out, route_table(route), "[[route]]");
    AliasSettings alias;
    print_table(out, alias_table(alias), "[[alias]]");
    TableSettings lookup;
    print_table(out, lookup_table(lookup), "[[table]]");
    DomainTimes domain;
    print_table(out, domain_table(domain), "[[domain]]");
    return out;
}

}  // namespace cursus
