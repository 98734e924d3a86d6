// The configuration as typed, checked values. Defaults stand here and nowhere else; config/schema.cpp
// declares the name, bounds and help of each.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "config/host_spec.h"
#include "mail/dialect.h"
#include "mail/domain.h"

namespace cursus {

enum class Service : std::uint8_t { Mx, Submission, Lmtp };
enum class ListenerTls : std::uint8_t { None, StartTls, Implicit };

struct ListenerSettings {
    std::string name;
    std::vector<ServiceAddress> addresses;
    Service service = Service::Mx;
    ListenerTls tls = ListenerTls::None;
};

struct TlsSettings {
    std::string certificate, key, client_ca;  // paths; empty: none
};

struct LimitSettings {
    std::uint64_t message_size = 10 * 1024 * 1024;  // octets, announced by SIZE
    Duration idle =
        std::chrono::minutes{5};  // a session's longest silence; RFC 5321 §4.5.3.2.7: at least 5 minutes
    std::uint32_t connections = 10'000;           // in all
    std::uint32_t connections_per_client = 100;   // from one address (an IPv6 /64)
    std::uint32_t recipients = 1'000;             // of one message; RFC 5321 §4.5.3.1.8: at least 100
    std::uint32_t messages_per_session = 10'000;  // announced by LIMITS MAILMAX
    std::uint32_t bad_commands = 20;              // of one session, then 421
    std::uint32_t received_hops = 100;            // RFC 5321 §6.3
    std::uint64_t memory =
        256 * 1024 * 1024;  // octets of message bodies held at once, received and delivered
};

struct DomainSettings {
    std::vector<Domain> local, relay;
};

struct RelaySettings {
    std::vector<IpNetwork> hosts{*IpNetwork::parse("127.0.0.0/8"), *IpNetwork::parse("::1")};
};

inline constexpr std::size_t route_expression_max = 250;  // octets: it names a destination

struct RouteSettings {
    std::string pattern;     // "a.example", "*.suffix", "*"; lower-case A-labels; empty: `expression`
    std::string expression;  // RE2, fits whole domains
    RouteHosts hosts;        // empty: `table` has them
    std::string table;       // its name
    Dialect protocol = Dialect::Smtp;
    bool single_copy = false;
};

struct LocalSettings {
    std::string mailbox = "maildir:/var/mail/cursus/{domain}/{local_part}";
    std::string subaddress = "+";
};

struct RetrySettings {
    std::vector<Duration> schedule{std::chrono::minutes{5},  std::chrono::minutes{15},
                                   std::chrono::minutes{30}, std::chrono::hours{1},
                                   std::chrono::hours{2},    std::chrono::hours{4}};  // the last repeats
    Duration warn_after = std::chrono::hours{4};
    Duration give_up_after = std::chrono::hours{24 * 5};
};

// What is different for some domains.
struct DomainTimes {
    std::string pattern;                                // "a.example", "*.suffix", "*"
    std::optional<Duration> warn_after, give_up_after;  // instead of those of [retry]
};

struct DnsSettings {
    std::vector<Endpoint> servers;  // empty: the system's, unless recursive
    bool recursive = false;
    std::string trust_anchor;  // a path; empty: nothing is validated
};

struct DeliverySettings {
    std::uint16_t port = 25;
    bool loopback = false;           // a domain whose MX points at loopback is refused unless true
    bool private_addresses = false;  // the same for private addresses, but for [domains] relay
    std::uint32_t connections_per_site = 20;
    std::uint32_t connections = 1'000;  // in all
    std::uint32_t recipients_per_transaction = 100;
    std::optional<IpAddress> source_v4, source_v6;
};

struct QueueSettings {
    std::uint64_t min_free = 64 * 1024 * 1024;  // octets; below, new mail is answered 452
    std::uint64_t segment_size = 64 * 1024 * 1024;
};

struct JournalSettings {
    Duration keep = std::chrono::hours{24 * 30};
    std::uint64_t size = 1024ULL * 1024 * 1024;
};

enum class LogFormat : std::uint8_t { Auto, Json, Human };  // Auto: human on a terminal, JSON lines elsewhere
struct LogSettings {
    LogFormat format = LogFormat::Auto;
};

struct AdminSettings {
    std::string socket = "/run/cursus/admin.sock";
    std::optional<Endpoint> metrics;
};

struct Settings {
    std::optional<Domain> hostname;  // required by the parser
    std::string data_dir = "/var/lib/cursus";
    std::string run_as;         // user to become once listeners are bound; empty: stay
    std::uint32_t threads = 0;  // reactors; 0: one per core
    std::vector<ListenerSettings> listeners;
    TlsSettings tls;
    LimitSettings limits;
    DomainSettings domains;
    RelaySettings relay;
    std::vector<RouteSettings> routes;
    std::vector<DomainTimes> domain_times;
    LocalSettings local;
    RetrySettings retry;
    DnsSettings dns;
    DeliverySettings delivery;
    QueueSettings queue;
    JournalSettings journal;
    LogSettings log;
    AdminSettings admin;
};

}  // namespace cursus
