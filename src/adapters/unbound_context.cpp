#include "adapters/unbound_context.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace cursus {

namespace {

using Checked = Result<void, std::string>;

constexpr int rcode_no_error = 0, rcode_nx_domain = 3;  // RFC 1035 §4.1.1
constexpr std::array rcode_names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};

struct Option {
    const char* name;
    const char* value;
};

// libunbound's defaults are those of a program that asks one question: a mail server asks hundreds at a time.
constexpr std::array<Option, 5> options{{
    {"outgoing-range:", "256"},
    {"num-queries-per-thread:", "512"},
    {"outgoing-num-tcp:", "32"},
    {"msg-cache-size:", "8m"},
    {"rrset-cache-size:", "16m"},
}};

// Zones that libunbound would answer by itself (RFC 6303, RFC 6761): private networks have names and mail
// too.
constexpr std::array asked_zones{
    "127.in-addr.arpa.",
    "10.in-addr.arpa.",
    "168.192.in-addr.arpa.",
    "254.169.in-addr.arpa.",
    "0.in-addr.arpa.",
    "2.0.192.in-addr.arpa.",
    "100.51.198.in-addr.arpa.",
    "113.0.203.in-addr.arpa.",
    "255.255.255.255.in-addr.arpa.",
    "d.f.ip6.arpa.",
    "8.e.f.ip6.arpa.",
    "9.e.f.ip6.arpa.",
    "a.e.f.ip6.arpa.",
    "b.e.f.ip6.arpa.",
    "8.b.d.0.1.0.0.2.ip6.arpa.",
    "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
    "test.",
    "home.arpa.",
};

Checked checked(std::string_view what, int error) {
    if (error == 0) return {};
    return failure(fmt::format("the DNS resolver cannot be set up: {}: {}", what, ub_strerror(error)));
}

Checked set_option(ub_ctx* context, const char* name, const char* value) {
    return checked(fmt::format("{} {}", name, value), ub_ctx_set_option(context, name, value));
}

Checked set_servers(ub_ctx* context, const ResolverSettings& settings) {
    if (settings.recursive) return {};
    // The server is often on this host: 127.0.0.1 is what resolv.conf means when it names none
    // (resolv.conf(5)).
    TRY_VOID(set_option(context, "do-not-query-localhost:", "no"));
    for (const Endpoint& server : settings.servers) {
        const std::string text = fmt::format("{}@{}", server.address.text(), server.port);
        TRY_VOID(checked(text, ub_ctx_set_fwd(context, text.c_str())));
    }
    if (!settings.servers.empty()) return {};
    if (access("/etc/resolv.conf", R_OK) != 0)
        return checked("127.0.0.1", ub_ctx_set_fwd(context, "127.0.0.1"));
    return checked("/etc/resolv.conf", ub_ctx_resolvconf(context, nullptr));
}

Checked set_trust(ub_ctx* context, const std::string& anchor) {
    if (anchor.empty()) return set_option(context, "module-config:", "iterator");
    if (access(anchor.c_str(), R_OK) != 0) {
        return failure(fmt::format("the trust anchor {}: {}", anchor, std::system_category().message(errno)));
    }
    return checked(anchor, ub_ctx_add_ta_file(context, anchor.c_str()));
}

// Removed with what libunbound would say in them, "localhost" for 127.0.0.1 too. The first of these calls
// finalises the context: no setting may come after it.
Checked ask_all_zones(ub_ctx* context, const std::string& anchor) {
    const std::string what =
        anchor.empty() ? std::string("its zones") : fmt::format("the trust anchor {}", anchor);
    for (const char* const zone : asked_zones) {
        TRY_VOID(checked(what, ub_ctx_zone_remove(context, zone)));
    }
    return {};
}

// "a.example." in any case to "a.example".
std::string plain_name(std::string name) {
    if (!name.empty() && name.back() == '.') name.pop_back();
    for (char& byte : name) {
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    }
    return name;
}

std::string name_of_rcode(int rcode) {
    const auto index = static_cast<std::size_t>(rcode);
    return rcode >= 0 && index < rcode_names.size() ? rcode_names[index]
                                                    : fmt::format("response code {}", rcode);
}

}  // namespace

Result<UnboundContext, std::string> UnboundContext::make(const ResolverSettings& settings) {
    UnboundContext context(ub_ctx_create());
    ub_ctx* const raw = context.get();
    if (raw == nullptr) return failure(std::string("the DNS resolver cannot be set up: out of memory"));
    ub_ctx_debugout(raw, nullptr);  // what went wrong is in the answers; the log is ours
    TRY_VOID(checked("its thread", ub_ctx_async(raw, 1)));
    for (const auto& [name, value] : options) {
        TRY_VOID(set_option(raw, name, value));
    }
    TRY_VOID(set_servers(raw, settings));
    TRY_VOID(set_trust(raw, settings.trust_anchor));
    TRY_VOID(ask_all_zones(raw, settings.trust_anchor));
    return context;
}

std::shared_ptr<const DnsAnswer> answer_from(const std::string& name, const ub_result& result) {
    auto answer = std::make_shared<DnsAnswer>();
    answer->canonical_name = result.canonname == nullptr ? name : plain_name(result.canonname);
    if (result.bogus != 0) {  // first of all: a bogus answer has data and the rcode of a good one
        answer->status = DnsStatus::Bogus;
        answer->why = result.why_bogus == nullptr ? "DNSSEC validation failed" : result.why_bogus;
        return answer;
    }
    answer->secure = result.secure != 0;
    answer->ttl = std::chrono::seconds(std::max(result.ttl, 0));
    if (result.rcode == rcode_nx_domain) {
        answer->status = DnsStatus::NxDomain;
    } else if (result.rcode != rcode_no_error) {
        return failed_answer(name, name_of_rcode(result.rcode));
    } else if (result.havedata == 0) {
        answer->status = DnsStatus::NoData;
    } else {
        answer->status = DnsStatus::Found;
        for (std::size_t i = 0; result.data[i] != nullptr && i < dns_records_max; ++i) {
            answer->records.emplace_back(result.data[i],
                                         static_cast<std::size_t>(std::max(result.len[i], 0)));
        }
    }
    return answer;
}

std::shared_ptr<const DnsAnswer> failed_answer(const std::string& name, std::string_view why) {
    auto answer = std::make_shared<DnsAnswer>();
    answer->status = DnsStatus::Failed;
    answer->canonical_name = name;
    answer->why = why;
    return answer;
}

}  // namespace cursus
