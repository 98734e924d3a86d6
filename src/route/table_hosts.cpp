#include "route/table_hosts.h"

#include <fmt/format.h>
#include <vector>

namespace cursus {

namespace {

std::vector<std::string> keys_of(const std::string& domain) {
    std::vector<std::string> keys{domain};
    const bool is_literal = domain.starts_with('[');
    for (auto dot = domain.find('.'); dot != std::string::npos && !is_literal;
         dot = domain.find('.', dot + 1))
        keys.push_back("*" + domain.substr(dot));
    keys.emplace_back("*");
    return keys;
}

}  // namespace

Task<Result<std::optional<TableHosts>, std::string>> look_up_hosts(const Tables& tables, std::string table,
                                                                   std::string domain) {
    const auto found = tables.find(table);
    if (found == tables.end()) co_return failure(fmt::format("there is no table {}", table));
    for (const std::string& key : keys_of(domain)) {
        const auto row = co_await found->second->find(key);
        if (!row) co_return failure(row.error().why);
        if (!*row) continue;
        auto hosts = parse_hosts((*row)->value);
        if (!hosts) co_return failure(fmt::format("{}: {}", (*row)->place, hosts.error()));
        co_return TableHosts{*std::move(hosts), (*row)->place};
    }
    co_return std::nullopt;
}

}  // namespace cursus
