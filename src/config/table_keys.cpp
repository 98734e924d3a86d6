#include "config/table_keys.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "base/words.h"

namespace cursus {
namespace {

using Errors = std::vector<ConfigError>;

struct KindKeys {
    std::string_view kind;                           // with its article
    std::vector<std::string_view> needed, possible;  // beside "name" and "kind"
};

const KindKeys& keys_of(TableKind kind) {
    static const std::array<KindKeys, 7> keys{{
        {"a file", {"path"}, {}},
        {"a regex", {"path"}, {}},
        {"a networks", {"path"}, {}},
        {"a cdb", {"path"}, {"timeout"}},
        {"a sqlite", {"path", "query"}, {"timeout"}},
        {"a postgresql", {"connection", "query"}, {"timeout"}},
        {"an ldap",
         {"uri", "base", "filter", "attribute"},
         {"scope", "bind_dn", "password_file", "starttls", "timeout"}},
    }};
    return keys.at(static_cast<std::size_t>(kind));
}

bool is_among(const std::vector<std::string_view>& keys, std::string_view key) {
    return std::ranges::find(keys, key) != keys.end();
}

void check_keys(const TableSettings& table, const ElementPlace& place, Errors& errors) {
    const KindKeys& keys = keys_of(table.kind);
    for (const auto& [key, at] : place.keys) {
        if (key == "name" || key == "kind" || is_among(keys.needed, key) || is_among(keys.possible, key))
            continue;
        errors.push_back({at, fmt::format("{} is no key of {} table; leave it out, or write another kind",
                                          key, keys.kind)});
    }
    for (const auto& key : keys.needed) {
        if (place.keys.contains(key)) continue;
        errors.push_back({place.start, fmt::format("{} table needs {}", keys.kind, key)});
    }
}

// Whether it is the only parameter is for the database to see, which knows a quote from a comment.
void check_query(const TableSettings& table, const ElementPlace& place, Errors& errors) {
    const std::string_view parameter = table.kind == TableKind::Sqlite ? ":key" : "$1";
    if (table.query.contains(parameter)) return;
    errors.push_back(
        {place.of("query"),
         fmt::format("query: where does the key go? It is bound to the one parameter, {0}; write for example "
                     "\"SELECT target FROM aliases WHERE name = {0}\"",
                     parameter)});
}

bool is_ldap_uri(std::string_view text) {
    return std::ranges::any_of(std::array{"ldap://", "ldaps://", "ldapi://"},
                               [&](std::string_view scheme) { return text.starts_with(scheme); });
}

void check_ldap(const TableSettings& table, const ElementPlace& place, Errors& errors) {
    const auto uris = words(table.uri);
    const auto wrong = std::ranges::find_if_not(uris, is_ldap_uri);
    if (uris.empty() || wrong != uris.end()) {
        errors.push_back({place.of("uri"), fmt::format("uri: \"{}\" is none; write \"ldap://host\", "
                                                       "\"ldaps://host\" or \"ldapi://%2Fpath\"",
                                                       uris.empty() ? table.uri : *wrong)});
    }
    if (!table.filter.contains("{key}")) {
        errors.push_back({place.of("filter"),
                          "filter: where does the key go? Write for example "
                          "\"(mailLocalAddress={key})\""});
    }
    const auto is_in_the_clear = [](std::string_view uri) { return uri.starts_with("ldap://"); };
    if (table.starttls && !std::ranges::all_of(uris, is_in_the_clear)) {
        errors.push_back({place.of("starttls"), "starttls goes with an ldap:// uri only"});
    }
    if (table.bind_dn.empty() != table.password_file.empty()) {
        errors.push_back({place.start, "bind_dn and password_file go together; write both"});
    }
}

void check_path(const TableSettings& table, const ElementPlace& place, Errors& errors) {
    for (const auto& [key, path] :
         {std::pair{"path", &table.path}, std::pair{"password_file", &table.password_file}}) {
        if (!place.keys.contains(key) || path->starts_with('/')) continue;
        errors.push_back({place.of(key), fmt::format("{}: \"{}\" must begin with /", key, *path)});
    }
}

void check_names(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < settings.tables.size(); ++i) {
        const auto& name = settings.tables[i].name;
        if (name.empty()) {
            errors.push_back(
                {places.lookup_tables[i].start,
                 "this table has no name; write name = \"people\", and \"table:people\" where it "
                 "is to be used"});
        } else if (name.starts_with('/')) {
            errors.push_back({places.lookup_tables[i].of("name"),
                              "a name does not begin with /: that is how files are named where tables are "
                              "used"});
        } else if (name.find_first_of(" \t") != std::string::npos) {
            errors.push_back({places.lookup_tables[i].of("name"), "a name is one word, without spaces"});
        } else if (!seen.insert(name).second) {
            errors.push_back({places.lookup_tables[i].of("name"),
                              fmt::format("there is another table named \"{}\"; names are used once", name)});
        }
    }
}

void check_reference(const Settings& settings, std::string_view reference, SourcePlace place,
                     Errors& errors) {
    constexpr std::string_view prefix = "table:";
    if (!reference.starts_with(prefix)) return;
    const auto name = reference.substr(prefix.size());
    if (std::ranges::find(settings.tables, name, &TableSettings::name) != settings.tables.end()) return;
    errors.push_back(
        {place, fmt::format("there is no table \"{0}\"; write a [[table]] with name = \"{0}\"", name)});
}

void check_references(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const auto local = places.table("local");
    for (const auto& list : settings.local.aliases.value_or(std::vector<std::string>()))
        check_reference(settings, list, local, errors);
    check_reference(settings, settings.local.users, local, errors);
    for (std::size_t i = 0; i < settings.aliases.size(); ++i)
        check_reference(settings, settings.aliases[i].list, places.aliases[i].of("list"), errors);
    for (std::size_t i = 0; i < settings.routes.size(); ++i) {
        const auto& name = settings.routes[i].table;
        if (!name.empty()) check_reference(settings, "table:" + name, places.routes[i].of("table"), errors);
    }
}

}  // namespace

void check_tables(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    check_names(settings, places, errors);
    check_references(settings, places, errors);
    for (std::size_t i = 0; i < settings.tables.size(); ++i) {
        const auto& table = settings.tables[i];
        const auto& place = places.lookup_tables[i];
        const auto before = errors.size();
        check_keys(table, place, errors);
        if (errors.size() > before) continue;
        check_path(table, place, errors);
        if (table.kind == TableKind::Sqlite || table.kind == TableKind::Postgresql)
            check_query(table, place, errors);
        if (table.kind == TableKind::Ldap) check_ldap(table, place, errors);
    }
}

}  // namespace cursus
