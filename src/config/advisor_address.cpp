#include "config/advisor_address.h"

#include <algorithm>

#include <fmt/format.h>

namespace cursus {
namespace {

constexpr std::string_view policy_prefix = "policy:";

Result<PolicyServers, std::string> parse_policy_servers(std::string_view list) {
    PolicyServers policy;
    while (true) {
        const auto word = list.substr(0, list.find(','));
        TRY(server, parse_service_address(word));
        if (std::ranges::find(policy.servers, server) != policy.servers.end())
            return failure(fmt::format("{} stands there twice", word));
        policy.servers.push_back(std::move(server));
        if (policy.servers.size() > policy_servers_max)
            return failure(fmt::format("more than {} servers", policy_servers_max));
        if (word.size() == list.size()) return policy;
        list.remove_prefix(word.size() + 1);
    }
}

}  // namespace

Result<AdvisorAddress, std::string> parse_advisor_address(std::string_view text) {
    if (text.starts_with(policy_prefix)) {
        auto policy = parse_policy_servers(text.substr(policy_prefix.size()));
        if (!policy) return failure(fmt::format("\"{}\": {}", text, policy.error()));
        return AdvisorAddress(*std::move(policy));
    }
    if (!text.starts_with("http://") && !text.starts_with("https://"))
        return failure(fmt::format(
            "\"{}\" is nobody to ask; write \"policy:127.0.0.1:10023\", \"policy:unix:/path\", "
            "\"https://host/path\", \"http://127.0.0.1:8080/path\" or \"http://unix:/path:/path\"",
            text));
    TRY(url, HttpUrl::parse(text));
    return AdvisorAddress(std::move(url));
}

std::string text(const AdvisorAddress& address) {
    if (const auto* url = std::get_if<HttpUrl>(&address)) return text(*url);
    std::string written(policy_prefix);
    for (const ServiceAddress& server : std::get<PolicyServers>(address).servers)
        written += (written.size() > policy_prefix.size() ? "," : "") + text(server);
    return written;
}

std::string advisor_name(const AdvisorAddress& address) {
    const auto* url = std::get_if<HttpUrl>(&address);
    return url != nullptr ? url->server_name() : text(address);
}

}  // namespace cursus
