#include "main/tables.h"

#include <utility>

#include <fmt/format.h>

#include "adapters/cdb_table.h"
#include "adapters/ldap_table.h"
#include "adapters/postgresql_table.h"
#include "adapters/sqlite_table.h"
#include "route/alias_table.h"
#include "route/regex_table.h"

namespace cursus {

namespace {

using Opened = Result<std::shared_ptr<Table>, std::string>;

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

Opened open_table(const TableSettings& s, const FileTableNeeds& needs) {
    switch (s.kind) {
        case TableKind::File:
            return make_alias_table(needs, s.name, s.path);
        case TableKind::Regex:
            return make_regex_table(needs, s.name, s.path);
        case TableKind::Cdb:
            return make_cdb_table({s.name, s.path, s.timeout});
        case TableKind::Sqlite:
            return make_sqlite_table({s.name, s.path, s.query, s.timeout});
        case TableKind::Postgresql:
            return make_postgresql_table({s.name, s.connection, s.query, s.timeout});
        case TableKind::Ldap:
            return make_ldap_table({s.name, s.uri, s.base, depth_of(s.scope), s.filter, s.attribute,
                                    s.bind_dn, s.password_file,
                                    s.starttls ? LdapTls::StartTls : LdapTls::AsTheUriSays, s.timeout});
    }
    std::unreachable();
}

}  // namespace

Result<Tables, std::string> open_tables(const Settings& settings, World& world, EventSink& events) {
    const FileTableNeeds needs{world, events};
    Tables tables;
    for (const TableSettings& table : settings.tables) {
        auto opened = open_table(table, needs);
        if (!opened) return failure(fmt::format("table {}: {}", table.name, opened.error()));
        tables.emplace(table.name, *std::move(opened));
    }
    const auto open_path = [&](const std::string& list) {
        if (list.starts_with('/')) tables.try_emplace(list, make_alias_table(needs, list, list));
    };
    for (const AliasSettings& alias : settings.aliases) open_path(alias.list);
    for (const std::string& list : settings.local.aliases.value_or(std::vector<std::string>()))
        open_path(list);
    return tables;
}

}  // namespace cursus
