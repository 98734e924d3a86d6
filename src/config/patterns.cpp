#include "config/patterns.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

using PatternError = std::string;

Result<TablePattern, PatternError> parse_table_pattern(std::string_view text) {
    constexpr std::string_view scheme = "table:";
    if (text.size() == scheme.size())
        return failure(PatternError("write the table's name behind \"table:\""));
    return TablePattern{std::string(text.substr(scheme.size()))};
}

Result<HostPattern, PatternError> parse_host_pattern(std::string_view text) {
    constexpr std::string_view any_below = "*.";
    const bool is_suffix = text.starts_with(any_below);
    TRY(name, Domain::parse(text.substr(is_suffix ? any_below.size() : 0)));
    return HostPattern{std::move(name), is_suffix ? HostReach::Below : HostReach::Itself};
}

// What every list may hold beside its own: "table:NAME" and "/regex/". Nothing: it is neither.
template <class Pattern>
std::optional<Result<Pattern, PatternError>> parse_common(std::string_view text) {
    if (text.starts_with("table:")) return parse_table_pattern(text);
    if (text.starts_with('/')) return RegexPattern::parse(text);
    return std::nullopt;
}

Result<AddressPattern, PatternError> parse_host_of_address(std::string_view text) {
    if (!text.starts_with('[')) return parse_host_pattern(text);
    const auto anybody = Mailbox::parse(fmt::format("x@{}", text));
    const auto* address = anybody ? std::get_if<IpAddress>(&anybody->host()) : nullptr;
    if (address == nullptr)
        return failure(fmt::format("\"{}\" is no address literal: write @[192.0.2.1] or @[IPv6:2001:db8::1]",
                                   excerpt(text)));
    return LiteralPattern{*address};
}

}  // namespace

bool HostPattern::matches(std::string_view host) const {
    if (reach == HostReach::Itself) return host == name.text();
    return host.size() > name.text().size() && host.ends_with(name.text()) &&
           host[host.size() - name.text().size() - 1] == '.';
}

Result<ClientPattern, std::string> parse_client_pattern(std::string_view text) {
    if (auto common = parse_common<ClientPattern>(text)) return *std::move(common);
    if (const auto network = IpNetwork::parse(text)) return *network;
    // A slash or a colon is in no host name: what was meant is an address.
    if (text.find_first_of("/:") != std::string_view::npos)
        return failure(
            fmt::format("\"{}\" is no network: write 192.0.2.0/24 or 2001:db8::/32, with no bits "
                        "set beyond the prefix",
                        excerpt(text)));
    auto host = parse_host_pattern(text);
    if (!host)
        return failure(
            fmt::format("\"{}\" is no client ({}): write 192.0.2.0/24, mail.example.org, "
                        "*.example.org, /regex/ or table:NAME",
                        excerpt(text), host.error()));
    return *std::move(host);
}

Result<AddressPattern, std::string> parse_address_pattern(std::string_view text) {
    if (text == "<>") return NullPath{};
    if (auto common = parse_common<AddressPattern>(text)) return *std::move(common);
    if (text.starts_with('@')) {
        auto host = parse_host_of_address(text.substr(1));
        if (!host) return failure(fmt::format("\"{}\": {}", excerpt(text), host.error()));
        return host;
    }
    if (text.ends_with('@')) {
        if (const auto local_part = parse_local_part(text.substr(0, text.size() - 1)))
            return LocalPartPattern{to_lower(*local_part)};
    }
    auto mailbox = Mailbox::parse(text);
    if (!mailbox)
        return failure(
            fmt::format("\"{}\" is no address: write ann@b.example, @b.example, @*.b.example, "
                        "postmaster@, <>, /regex/ or table:NAME",
                        excerpt(text)));
    return *std::move(mailbox);
}

Result<NamePattern, std::string> parse_name_pattern(std::string_view text) {
    if (auto common = parse_common<NamePattern>(text)) return *std::move(common);
    return Glob::parse(text);
}

}  // namespace cursus
