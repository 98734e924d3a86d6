#include "main/check_tables.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "main/tables.h"
#include "route/alias_table.h"
#include "route/network_table.h"
#include "route/regex_table.h"

namespace cursus {
namespace {

std::optional<ParseFile> parser_of(TableKind kind) {
    switch (kind) {
        case TableKind::File:
            return parse_alias_table;
        case TableKind::Regex:
            return parse_regex_table;
        case TableKind::Networks:
            return parse_network_table;
        case TableKind::Cdb:
        case TableKind::Sqlite:
        case TableKind::Postgresql:
        case TableKind::Ldap:
            return std::nullopt;
    }
    std::unreachable();
}

std::optional<std::string> trouble_of(Files& files, const std::string& path, const ParseFile& parse) {
    auto text = read_whole_file(files, path, table_file_bytes_max);
    if (!text) return std::move(text).error().what;
    const auto parsed = parse(*std::move(text));
    if (!parsed) return fmt::format("{}:{}: {}", path, parsed.error().line, parsed.error().what);
    return std::nullopt;
}

}  // namespace

std::vector<std::string> table_troubles(const Settings& settings, Files& files) {
    std::vector<std::string> troubles;
    const auto look_at = [&](const std::string& name, const std::string& path, const ParseFile& parse) {
        if (const auto trouble = trouble_of(files, path, parse))
            troubles.push_back(fmt::format("table \"{}\": whoever asks it has to wait: {}", name, *trouble));
    };
    for (const TableSettings& table : settings.tables)
        if (const auto parse = parser_of(table.kind)) look_at(table.name, table.path, *parse);
    for (const auto& path : lists_named_by_path(settings)) look_at(path, path, parse_alias_table);
    return troubles;
}

}  // namespace cursus
