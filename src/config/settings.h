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
#include "config/host_terms.h"
#include "config/rule.h"
#include "config/settings_policy.h"
#include "mail/dialect.h"
#include "mail/domain.h"
#include "mail/mechanism.h"

namespace cursus {

enum class Service : std::uint8_t { Mx, Submission, Lmtp };
std::string_view name(Service service);  // "mx", as it is written
enum class ListenerTls : std::uint8_t { None, StartTls, Implicit };

enum class TlsVersion : std::uint8_t { V1_2, V1_3 };
enum class ClientCertificates : std::uint8_t { None, Optional, Required };

// Paths of PEM files; empty: none.
struct CertificateSettings {
    std::string certificate, key;
    std::vector<Domain> names;  // by which clients ask for it (SNI); empty: those in the certificate
    friend bool operator==(const CertificateSettings&, const CertificateSettings&) = default;
};

struct ListenerSettings {
    std::string name;
    std::vector<ServiceAddress> addresses;
    Service service = Service::Mx;
    ListenerTls tls = ListenerTls::None;     // the parser's default is StartTls, for lmtp None
    std::string certificate = {}, key = {};  // instead of those of [tls]
    ClientCertificates client_certificates =
        ClientCertificates::None;         // the parser's: Optional if any counts
    bool auth = false;                    // AUTH is offered; the parser's default for submission is true
    std::vector<IpNetwork> proxies = {};  // who must begin with a PROXY header
    std::vector<IpNetwork> xclient = {};  // who may say XCLIENT
    friend bool operator==(const ListenerSettings&, const ListenerSettings&) = default;
};

struct TlsSettings {
    std::string certificate, key, client_ca;       // paths; empty: none
    std::vector<std::string> client_fingerprints;  // SHA-256, 64 lower-case hexadecimal digits
    TlsVersion minimum = TlsVersion::V1_2;
    friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

// Where accounts are kept.
enum class AccountStore : std::uint8_t { None, File, Table, Ldap, Pam, Dovecot };
struct AccountSource {
    AccountStore kind = AccountStore::None;
    std::string what;  // a path, a table's name, PAM's service, a socket's path
    friend bool operator==(const AccountSource&, const AccountSource&) = default;
};
// Whose tokens OAUTHBEARER and XOAUTH2 take, and how they are checked.
struct OauthSettings {
    std::string introspection;                  // https URL, RFC 7662; empty: by `keys`
    std::string client_id, client_secret_file;  // we show ourselves to it
    std::string keys;                           // a path of a JWK set, RFC 7517
    std::string issuer, audience, scope;        // what a token must say; empty: not asked
    std::string account = "email";              // the claim that names the account
    std::string trusted_roots;                  // PEM, of the introspection's host; empty: the system's
    friend bool operator==(const OauthSettings&, const OauthSettings&) = default;
};
struct AuthSettings {
    AccountSource users;
    std::vector<Mechanism> mechanisms;  // empty: what the store can serve
    bool clear_on_loopback = false;     // plain passwords without TLS, from clients on loopback
    OauthSettings oauth;
    std::uint32_t failures_per_client = 10;   // within `failure_window`, then it is blocked
    std::uint32_t failures_per_account = 20;  // the same
    Duration failure_window = std::chrono::minutes{15};
    Duration block = std::chrono::minutes{15};
    std::uint32_t messages_per_hour = 500, recipients_per_hour = 2000;  // of an account; 0: no bound
    std::string countries;                // a file in MaxMind's format; empty: nobody's country is known
    std::uint32_t countries_per_day = 3;  // from which one account may log in
    friend bool operator==(const AuthSettings&, const AuthSettings&) = default;
};

// What an account may send as.
enum class SenderPolicy : std::uint8_t { Account, Table, Any };
struct SubmissionSettings {
    SenderPolicy senders = SenderPolicy::Account;
    std::string senders_table;
    Duration future_release = std::chrono::hours{24 * 30};  // RFC 4865; 0: not offered
    Duration deliver_by_min = std::chrono::minutes{1};      // RFC 2852
    std::int8_t priority_max = 4;                           // RFC 6710: above it a request is lowered
    friend bool operator==(const SubmissionSettings&, const SubmissionSettings&) = default;
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
    std::uint32_t expansion_depth = 20;           // of aliases that lead to aliases
    std::uint32_t expansion_members = 50'000;     // of all that one recipient expands to
    std::uint64_t memory =
        256 * 1024 * 1024;  // octets of message bodies held at once, received and delivered
    friend bool operator==(const LimitSettings&, const LimitSettings&) = default;
};

struct DomainSettings {
    std::vector<Domain> local, relay;
    friend bool operator==(const DomainSettings&, const DomainSettings&) = default;
};

struct RelaySettings {
    std::vector<IpNetwork> hosts{*IpNetwork::parse("127.0.0.0/8"), *IpNetwork::parse("::1")};
    friend bool operator==(const RelaySettings&, const RelaySettings&) = default;
};

inline constexpr std::size_t route_expression_max = 250;  // octets: it names a destination

struct RouteSettings {
    std::string pattern;     // "a.example", "*.suffix", "*"; lower-case A-labels; empty: `expression`
    std::string expression;  // RE2, fits whole domains
    RouteHosts hosts;        // empty: `table` has them
    std::string table;       // its name
    Dialect protocol = Dialect::Smtp;
    bool single_copy = false;
    HostTerms terms;
    friend bool operator==(const RouteSettings&, const RouteSettings&) = default;
};

// A list of aliases. A list is named by its path, or as "table:NAME".
struct AliasSettings {
    std::string list;
    std::vector<Domain> domains;  // empty: every local domain
    bool single_copy = false;     // a transaction of its own for each member
    bool verp = false;            // the owner's address names the member, for lists that have an owner
    friend bool operator==(const AliasSettings&, const AliasSettings&) = default;
};

// Where aliases may name commands and files.
enum class ListKind : std::uint8_t { Aliases, Include, Forward };

// What aliases, users and routes are looked up in. Each kind takes some of these (config/table_keys.cpp).
enum class TableKind : std::uint8_t { File, Regex, Networks, Cdb, Sqlite, Postgresql, Ldap };
enum class LdapScope : std::uint8_t { Base, One, Subtree };
struct TableSettings {
    std::string name;
    TableKind kind = TableKind::File;
    std::string path;                          // file, regex, networks, cdb, sqlite
    std::string query;                         // sqlite, postgresql: of one bound parameter
    std::string connection;                    // postgresql: libpq's keywords or URI
    std::string uri, base, filter, attribute;  // ldap; the filter has a {key}
    LdapScope scope = LdapScope::Subtree;
    std::string bind_dn, password_file;  // ldap; empty: anonymous
    bool starttls = false;
    Duration timeout = std::chrono::seconds{10};  // of one lookup, in all
    friend bool operator==(const TableSettings&, const TableSettings&) = default;
};

struct LocalSettings {
    std::string mailbox = "maildir:{home}/Maildir";
    std::string users = "system";  // "system", "any", or "table:NAME"
    std::string subaddress = "+";
    bool folders = false;  // user+folder goes into the folder, if there is one
    std::optional<std::vector<std::string>>
        aliases;  // for every local domain; none: the system's, if it has one
    bool forward_files = true;
    std::vector<ListKind> commands{ListKind::Aliases, ListKind::Forward};
    std::vector<ListKind> files{ListKind::Aliases, ListKind::Forward};
    std::string command_user = "nobody";  // who runs commands of, and writes files of, aliases
    Duration command_time = std::chrono::minutes{5};
    std::uint64_t command_output = 4096;  // octets kept of what a command says
    std::uint64_t command_memory = 512ULL * 1024 * 1024;
    Duration full_give_up_after = std::chrono::hours{24 * 5};  // of mail for a mailbox that is full
    friend bool operator==(const LocalSettings&, const LocalSettings&) = default;
};

// "ancient-rome.net": what lies below it is written as it. "!villa.ancient-rome.net": this one and what lies
// below it is not.
struct MasqueradeDomain {
    Domain domain;
    bool is_exempt = false;
    std::string text() const { return (is_exempt ? "!" : "") + domain.text(); }
    friend bool operator==(const MasqueradeDomain&, const MasqueradeDomain&) = default;
};
// Where a masquerade is worn. The envelope's recipients are not among them: mail must still find them.
enum class MasqueradePlace : std::uint8_t { EnvelopeSender, HeaderSender, HeaderRecipient };
struct RewriteSettings {
    std::string srs_keys;              // a path; empty: forwarded mail keeps its sender
    std::optional<Domain> srs_domain;  // none: the first local domain
    bool fixups = false;               // Date and Message-ID are added where they lack
    std::optional<Domain> qualify;     // none: the hostname
    std::vector<MasqueradeDomain> masquerade;
    std::vector<std::string> masquerade_except;  // local parts
    std::vector<MasqueradePlace> masquerade_in{MasqueradePlace::EnvelopeSender, MasqueradePlace::HeaderSender,
                                               MasqueradePlace::HeaderRecipient};
    friend bool operator==(const RewriteSettings&, const RewriteSettings&) = default;
};

struct RetrySettings {
    std::vector<Duration> schedule{std::chrono::minutes{5},  std::chrono::minutes{15},
                                   std::chrono::minutes{30}, std::chrono::hours{1},
                                   std::chrono::hours{2},    std::chrono::hours{4}};  // the last repeats
    Duration warn_after = std::chrono::hours{4};
    Duration give_up_after = std::chrono::hours{24 * 5};
    friend bool operator==(const RetrySettings&, const RetrySettings&) = default;
};

// What is different for some domains.
struct DomainTimes {
    std::string pattern;                                // "a.example", "*.suffix", "*"
    std::optional<Duration> warn_after, give_up_after;  // instead of those of [retry]
    friend bool operator==(const DomainTimes&, const DomainTimes&) = default;
};

struct DnsSettings {
    std::vector<Endpoint> servers;  // empty: the system's, unless recursive
    bool recursive = false;
    std::string trust_anchor;  // a path; empty: nothing is validated
    friend bool operator==(const DnsSettings&, const DnsSettings&) = default;
};

struct DeliverySettings {
    std::uint16_t port = 25;
    bool loopback = false;           // a domain whose MX points at loopback is refused unless true
    bool private_addresses = false;  // the same for private addresses, but for [domains] relay
    std::uint32_t connections_per_site = 20;
    std::uint32_t connections = 1'000;  // in all
    std::uint32_t recipients_per_transaction = 100;
    std::optional<IpAddress> source_v4, source_v6;
    std::string trusted_roots;  // PEM, for routes with tls = "verified"; empty: the system's
    friend bool operator==(const DeliverySettings&, const DeliverySettings&) = default;
};

struct QueueSettings {
    std::uint64_t min_free = 64 * 1024 * 1024;  // octets; below, new mail is answered 452
    std::uint64_t segment_size = 64 * 1024 * 1024;
    friend bool operator==(const QueueSettings&, const QueueSettings&) = default;
};

struct JournalSettings {
    Duration keep = std::chrono::hours{24 * 30};
    std::uint64_t size = 1024ULL * 1024 * 1024;
    friend bool operator==(const JournalSettings&, const JournalSettings&) = default;
};

enum class LogFormat : std::uint8_t { Auto, Json, Human };  // Auto: human on a terminal, JSON lines elsewhere
struct LogSettings {
    LogFormat format = LogFormat::Auto;
    friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

struct AdminSettings {
    std::string socket = "/run/cursus/admin.sock";
    std::optional<Endpoint> metrics;
    friend bool operator==(const AdminSettings&, const AdminSettings&) = default;
};

struct Settings {
    std::optional<Domain> hostname;  // required by the parser
    std::string data_dir = "/var/lib/cursus";
    std::string run_as;         // user to become once listeners are bound; empty: stay
    std::uint32_t threads = 0;  // reactors; 0: one per core
    std::vector<ListenerSettings> listeners;
    TlsSettings tls;
    std::vector<CertificateSettings> certificates;
    AuthSettings auth;
    SubmissionSettings submission;
    LimitSettings limits;
    DomainSettings domains;
    RelaySettings relay;
    std::vector<RouteSettings> routes;
    std::vector<TableSettings> tables;
    std::vector<DomainTimes> domain_times;
    LocalSettings local;
    std::vector<AliasSettings> aliases;
    RewriteSettings rewrite;
    PolicySettings policy;
    std::vector<RuleSettings> rules;  // as they are asked: the defaults stand around the operator's own
    std::vector<DnsListSettings> dns_lists;
    MalformedSettings malformed;
    GreylistSettings greylist;
    CalloutSettings callout;
    AdvisorSettings advisors;
    ScanSettings scan;
    QuarantineSettings quarantine;
    RetrySettings retry;
    DnsSettings dns;
    DeliverySettings delivery;
    QueueSettings queue;
    JournalSettings journal;
    LogSettings log;
    AdminSettings admin;
};

}  // namespace cursus
