#include "policy/matching.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"

namespace cursus {
namespace {

bool fits_mailbox(const AddressPattern& pattern, const Mailbox& mailbox) {
    const auto* const address = std::get_if<IpAddress>(&mailbox.host());
    return std::visit(
        Overloaded{
            [](const NullPath&) { return false; },
            [&](const Mailbox& wanted) {
                return wanted.host() == mailbox.host() &&
                       equal_ignoring_case(wanted.local_part(), mailbox.local_part());
            },
            [&](const HostPattern& host) {
                return mailbox.domain() && host.matches(mailbox.domain()->text());
            },
            [&](const LiteralPattern& literal) { return address != nullptr && *address == literal.address; },
            [&](const LocalPartPattern& wanted) {
                return equal_ignoring_case(wanted.local_part, mailbox.local_part());
            },
            [&](const RegexPattern& regex) { return regex.matches(mailbox.text()); },
            [](const TablePattern&) { return false; },
        },
        pattern);
}

// ".b.example" and ".example" of "mx.b.example", each behind `prefix`. What exceeds the bound are the
// longest.
void add_parents(std::vector<std::string>& keys, std::string_view prefix, std::string_view name) {
    std::vector<std::string_view> parents;
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1))
        parents.push_back(name.substr(dot));
    const auto room = table_keys_max - keys.size();
    const auto left_out = parents.size() - std::min(parents.size(), room);
    for (std::size_t i = left_out; i < parents.size(); ++i)
        keys.push_back(fmt::format("{}{}", prefix, parents[i]));
}

Task<Matched> has_any_of(const Tables& tables, std::string name, std::vector<std::string> keys) {
    const auto table = tables.find(name);
    if (table == tables.end()) co_return failure(TableTrouble{fmt::format("there is no table {}", name)});
    for (auto& key : keys) {
        CO_TRY(row, co_await table->second->find(std::move(key)));
        if (row) co_return true;
    }
    co_return false;
}

template <class Pattern, class Subject>
Task<Matched> fits_any(const Tables& tables, const std::vector<Pattern>& patterns, Subject subject) {
    for (const Pattern& pattern : patterns) {
        if (matches(pattern, subject)) co_return true;
    }
    const auto keys = table_keys(subject);
    std::optional<TableTrouble> trouble;
    for (const Pattern& pattern : patterns) {
        const auto* const table = std::get_if<TablePattern>(&pattern);
        if (table == nullptr) continue;
        auto found = co_await has_any_of(tables, table->table, keys);
        if (found && *found) co_return true;
        if (!found && !trouble) trouble = std::move(found).error();
    }
    if (trouble) co_return failure(*std::move(trouble));
    co_return false;
}

}  // namespace

bool matches(const ClientPattern& pattern, const ClientSubject& subject) {
    return std::visit(
        Overloaded{
            [&](const IpNetwork& network) { return network.contains(subject.address); },
            [&](const HostPattern& host) { return host.matches(subject.host); },
            [&](const RegexPattern& regex) { return !subject.host.empty() && regex.matches(subject.host); },
            [](const TablePattern&) { return false; },
        },
        pattern);
}

bool matches(const AddressPattern& pattern, const ReversePath& subject) {
    const auto* const mailbox = std::get_if<Mailbox>(&subject);
    return mailbox == nullptr ? std::holds_alternative<NullPath>(pattern) : fits_mailbox(pattern, *mailbox);
}

bool matches(const NamePattern& pattern, std::string_view subject) {
    return std::visit(Overloaded{
                          [&](const Glob& glob) { return glob.matches(subject); },
                          [&](const RegexPattern& regex) { return regex.matches(subject); },
                          [](const TablePattern&) { return false; },
                      },
                      pattern);
}

std::vector<std::string> table_keys(const ClientSubject& subject) {
    std::vector<std::string> keys{subject.address.text()};
    if (!subject.address.is_v4()) keys.push_back(local_part_text(keys.front()));
    if (subject.host.empty()) return keys;
    keys.push_back(subject.host);
    add_parents(keys, "", subject.host);
    return keys;
}

std::vector<std::string> table_keys(const ReversePath& subject) {
    const auto* const mailbox = std::get_if<Mailbox>(&subject);
    if (mailbox == nullptr) return {"<>"};
    const auto host = host_text(mailbox->host());
    std::vector<std::string> keys{to_lower(mailbox->text()), fmt::format("@{}", host)};
    if (mailbox->domain() != nullptr) add_parents(keys, "@", host);
    return keys;
}

std::vector<std::string> table_keys(std::string_view subject) {
    return {to_lower(subject)};
}

Task<Matched> matches_any(const Tables& tables, const std::vector<ClientPattern>& patterns,
                          ClientSubject subject) {
    return fits_any(tables, patterns, std::move(subject));
}

Task<Matched> matches_any(const Tables& tables, const std::vector<AddressPattern>& patterns,
                          ReversePath subject) {
    return fits_any(tables, patterns, std::move(subject));
}

Task<Matched> matches_any(const Tables& tables, const std::vector<NamePattern>& patterns,
                          std::string subject) {
    return fits_any(tables, patterns, std::move(subject));
}

}  // namespace cursus
