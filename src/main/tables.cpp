#include "main/tables.h"

#include <utility>
#include <vector>

#include "adapters/cdb_table.h"
#include "adapters/ldap_table.h"
#include "adapters/postgresql_table.h"
#include "adapters/sqlite_table.h"
#include "route/alias_table.h"
#include "route/network_table.h"
#include "route/regex_table.h"

namespace cursus {
namespace {

using OpenedTable = Result<std::shared_ptr<Table>, std::string>;

LdapDepth depth_of(LdapScope scope) {
    switch (scope) {
        case LdapScope::Base:
            return LdapDepth::Base;
        case LdapScope::One:
            return LdapDepth::One;
        case LdapScope::Subtree:
            return LdapDepth::Subtree;
    }
    std::unreachable();
}

OpenedTable open_table(const TableSettings& s, const FileTableNeeds& needs) {
    switch (s.kind) {
        case TableKind::File:
            return make_alias_table(needs, s.name, s.path);
        case TableKind::Regex:
            return make_regex_table(needs, s.name, s.path);
        case TableKind::Networks:
            return make_network_table(needs, s.name, s.path);
        case TableKind::Cdb:
            return make_cdb_table({s.name, s.path, s.timeout});
        case TableKind::Sqlite:
            return make_sqlite_table({s.name, s.path, s.query, s.timeout});
        case TableKind::Postgresql:
            return make_postgresql_table({s.name, s.connection, s.query, s.timeout});
        case TableKind::Ldap:
            return make_ldap_table(ldap_settings(s));
    }
    std::unreachable();
}

}  // namespace

std::vector<std::string> lists_named_by_path(const Settings& settings) {
    std::vector<std::string> paths;
    for (const auto& list : settings.local.aliases.value_or(std::vector<std::string>()))
        if (list.starts_with('/')) paths.push_back(list);
    for (const auto& alias : settings.aliases)
        if (alias.list.starts_with('/')) paths.push_back(alias.list);
    return paths;
}

LdapTableSettings ldap_settings(const TableSettings& s) {
    return {s.name,
            s.uri,
            s.base,
            depth_of(s.scope),
            s.filter,
            s.attribute,
            s.bind_dn,
            s.password_file,
            s.starttls ? LdapTls::StartTls : LdapTls::AsTheUriSays,
            s.timeout};
}

Result<Tables, std::string> open_tables(const Settings& settings, const FileTableNeeds& needs) {
    Tables tables;
    for (const auto& table : settings.tables) {
        TRY(opened, open_table(table, needs));
        tables.emplace(table.name, std::move(opened));
    }
    for (const auto& path : lists_named_by_path(settings)) {
        if (!tables.contains(path)) tables.emplace(path, make_alias_table(needs, path, path));
    }
    return tables;
}

}  // namespace cursus
