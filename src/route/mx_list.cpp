#include "route/mx_list.h"

#include <algorithm>
#include <tuple>

namespace cursus {

namespace {

// What can be asked for as a host's name. Underscores are not host names (RFC 1123 §2.1), but are in use.
bool is_host_name(std::string_view name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    return !name.empty() && name.size() <= 253 && name.find_first_not_of(allowed) == std::string_view::npos &&
           name.front() != '.' && name.find("..") == std::string_view::npos;
}

}  // namespace

MxList read_mx(const std::vector<std::string>& records) {
    MxList list;
    bool is_null = false;
    for (const std::string& rdata : records) {
        auto record = parse_mx(rdata);
        if (!record) continue;
        if (record->host.empty()) is_null = true;
        if (is_host_name(record->host)) list.hosts.push_back(std::move(*record));
    }
    if (list.hosts.empty()) {
        if (is_null) list.kind = MxKind::NullMx;
        return list;
    }
    list.kind = MxKind::Hosts;
    std::ranges::sort(list.hosts, {}, [](const MxRecord& mx) { return std::tie(mx.host, mx.preference); });
    const auto doubles = std::ranges::unique(list.hosts, {}, &MxRecord::host);
    list.hosts.erase(doubles.begin(), doubles.end());
    std::ranges::sort(list.hosts, {}, [](const MxRecord& mx) { return std::tie(mx.preference, mx.host); });
    if (list.hosts.size() > mx_hosts_max) list.hosts.resize(mx_hosts_max);
    return list;
}

void drop_from(std::vector<MxRecord>& hosts, std::uint16_t own) {
    std::erase_if(hosts, [own](const MxRecord& record) { return record.preference >= own; });
}

}  // namespace cursus
