#include "config/schema.h"

#include <fmt/format.h>

#include "config/parsers.h"
#include "config/parsers_access.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TableSchema top(Settings& s) {
    return {
        "",
        "",
        {domain_option("hostname", s.hostname, "This server's name: in the greeting, in Received, in EHLO."),
         text_option("data_dir", s.data_dir, "a directory", "Where the queue and the journal are kept."),
         text_option("run_as", s.run_as, "a user's name",
                     "When started as root: the user to become once the listeners are bound."),
         count_option("threads", s.threads, {0, 256}, "Event loops; 0 means one for each core.")}};
}

TableSchema limits(LimitSettings& s) {
    return {"limits",
            "What one client, and all of them together, may ask for.",
            {size_option("message_size", s.message_size, {64 * kib, 2 * gib},
                         "The largest message taken; announced as SIZE."),
             duration_option("idle", s.idle, {seconds{1}, hours{1}},
                             "A session's longest silence between commands."),
             count_option("connections", s.connections, {1, 1'000'000}, "Sessions at once, in all."),
             count_option("connections_per_client", s.connections_per_client, {1, 1'000'000},
                          "Sessions at once from one IPv4 address or one IPv6 /64."),
             count_option("recipients", s.recipients, {100, 100'000}, "Recipients of one message."),
             count_option("messages_per_session", s.messages_per_session, {1, 1'000'000},
                          "Messages in one session."),
             count_option("bad_commands", s.bad_commands, {1, 10'000},
                          "Refused commands in one session before it is ended."),
             count_option("received_hops", s.received_hops, {10, 1'000},
                          "Received lines of a message before it counts as looping."),
             count_option("expansion_depth", s.expansion_depth, {1, 1'000},
                          "How deep aliases may lead to further aliases."),
             count_option("expansion_members", s.expansion_members, {100, 1'000'000},
                          "To how many recipients one address may expand."),
             size_option("memory", s.memory, {4 * mib, 1024 * gib},
                         "Memory for message bodies, received and delivered, in all.")}};
}

TableSchema domains(DomainSettings& s) {
    return {"domains",
            "Which domains' mail is taken from anyone.",
            {domain_list_option("local", s.local, "Domains delivered to mailboxes here."),
             domain_list_option("relay", s.relay,
                                "Domains taken from anyone and passed on (gateway, backup MX).")}};
}

TableSchema relay(RelaySettings& s) {
    return {"relay",
            "Who may send to anywhere.",
            {network_list_option("hosts", s.hosts,
                                 "Client addresses and networks that may send to any domain.")}};
}

TableSchema rewrite(RewriteSettings& s) {
    auto qualify = domain_option(
        "qualify", s.qualify, "What stands behind an address without a domain; the default is the hostname.");
    qualify.shown = "the hostname";
    auto srs_domain =
        domain_option("srs_domain", s.srs_domain,
                      "The local domain of senders that are signed; the default is the first one.");
    srs_domain.shown = "the first of [domains] local";
    return {
        "rewrite",
        "How addresses are written anew: in mail from clients that may send to anywhere, and the sender of "
        "what is forwarded.",
        {text_option(
             "srs_keys", s.srs_keys, "a file",
             "Secrets, one a line, the first of which signs the senders of forwarded mail (SRS); without "
             "it they stay as they are."),
         std::move(srs_domain), std::move(qualify),
         masquerade_option("masquerade", s.masquerade,
                           "Domains that hide the names of the hosts below them; \"!\" exempts a host and "
                           "what lies below it, and the longest name that fits decides."),
         local_part_list_option("masquerade_except", s.masquerade_except,
                                "Whose addresses keep their host, as in [\"root\"]."),
         masquerade_places_option("masquerade_in", s.masquerade_in,
                                  "Where hosts are hidden; never in a message's recipients themselves."),
         flag_option("fixups", s.fixups, "Whether a Date and a Message-ID are added where there is none.")}};
}

TableSchema retry(RetrySettings& s) {
    return {"retry",
            "When something that failed for now is tried again, and for how long.",
            {duration_list_option("schedule", s.schedule, {seconds{1}, hours{24 * 7}},
                                  "Waits between attempts; the last one repeats."),
             duration_option("warn_after", s.warn_after, {minutes{1}, hours{24 * 30}},
                             "When a sender is told that a message still waits."),
             duration_option("give_up_after", s.give_up_after, {minutes{1}, hours{24 * 60}},
                             "When a message is given up and its sender told.")}};
}

TableSchema dns(DnsSettings& s) {
    return {
        "dns",
        "Who answers questions about names.",
        {dns_servers_option(
             "servers", s,
             "Resolvers to ask; the default is the system's; \"recursive\" asks the root servers itself."),
         text_option("trust_anchor", s.trust_anchor, "a file",
                     "The root zone's DNSSEC key; without it nothing is validated.")}};
}

TableSchema delivery(DeliverySettings& s) {
    return {
        "delivery",
        "How mail goes out.",
        {port_option("port", s.port, "The port that other hosts' mail servers listen on."),
         flag_option("loopback", s.loopback, "Whether a domain's MX may lead to 127.0.0.0/8 or ::1."),
         flag_option("private", s.private_addresses,
                     "Whether a domain's MX may lead to private addresses, as 10.0.0.0/8 or fd00::/8. A "
                     "[[route]] and the domains of [domains] relay always may."),
         count_option("connections_per_site", s.connections_per_site, {1, 10'000},
                      "Connections at once to hosts that serve the same domains."),
         count_option("connections", s.connections, {1, 100'000}, "Outgoing connections at once, in all."),
         count_option("recipients_per_transaction", s.recipients_per_transaction, {1, 10'000},
                      "Recipients that one copy of a message is sent for."),
         address_option("source_v4", s.source_v4, Family::V4, "The IPv4 address to connect from."),
         address_option("source_v6", s.source_v6, Family::V6, "The IPv6 address to connect from."),
         text_option("trusted_roots", s.trusted_roots, "a PEM file",
                     "Authorities that may vouch for the hosts of a [[route]] with tls = \"verified\"; the "
                     "default is the system's.")}};
}

TableSchema queue(QueueSettings& s) {
    return {"queue",
            "The store of accepted mail.",
            {size_option("min_free", s.min_free, {0, 1024 * gib},
                         "Free disk space below which new mail is refused for now."),
             size_option("segment_size", s.segment_size, {mib, 4 * gib}, "Size of the log's files.")}};
}

TableSchema journal(JournalSettings& s) {
    return {"journal",
            "What `cursus trace` searches.",
            {duration_option("keep", s.keep, {hours{1}, hours{24 * 3650}}, "How long events are kept."),
             size_option("size", s.size, {16 * mib, 1024 * gib},
                         "How much disk space they may take; the oldest go first.")}};
}

TableSchema log(LogSettings& s) {
    return {"log",
            "What is written to standard error.",
            {choice_option("format", s.format, {"auto", "json", "human"},
                           "JSON lines, or a form for people; auto is the latter on a terminal.")}};
}

TableSchema admin(AdminSettings& s) {
    return {"admin",
            "Where the running server is asked and told things.",
            {text_option("socket", s.socket, "a path", "The local socket that the command line talks to."),
             endpoint_option("metrics", s.metrics,
                             "Address and port of the Prometheus metrics; the default is none.")}};
}

}  // namespace

std::vector<TableSchema> plain_tables(Settings& s) {
    return {top(s),
            tls_table(s.tls),
            auth_table(s.auth),
            submission_table(s.submission),
            policy_table(s.policy, s.advisors),
            malformed_table(s.malformed),
            greylist_table(s.greylist),
            callout_table(s.callout),
            scan_table(s.scan),
            quarantine_table(s.quarantine),
            limits(s.limits),
            domains(s.domains),
            relay(s.relay),
            local_table(s.local),
            rewrite(s.rewrite),
            retry(s.retry),
            dns(s.dns),
            delivery(s.delivery),
            queue(s.queue),
            journal(s.journal),
            log(s.log),
            admin(s.admin)};
}

TableSchema route_table(RouteSettings& s) {
    return {"route",
            "Domains whose mail goes to given hosts and not by MX; the first that fits is taken.",
            {pattern_option("domain", s.pattern, "A domain, \"*.suffix\", or \"*\" for all."),
             expression_option("pattern", s.expression,
                               "Instead of domain: a regular expression (RE2) that fits the whole domain."),
             hosts_option("hosts", s.hosts, "Hosts to try in order; an inner list is one preference."),
             table_option("table", s.table,
                          "Instead of hosts: the table that has them, by domain, \"*.suffix\" or \"*\", as "
                          "\"a.example:25, b.example\". Domains it lacks go to the next [[route]]."),
             choice_option("protocol", s.protocol, {"smtp", "lmtp"},
                           "What is spoken to them; lmtp uses port 24 unless another is given."),
             flag_option("single_copy", s.single_copy, "A transaction of its own for each recipient."),
             choice_option("tls", s.terms.tls, {"none", "opportunistic", "required", "verified"},
                           "How much TLS they must speak: required and verified mail waits until they do; "
                           "verified needs a certificate that holds for the host's name."),
             text_option("tls_name", s.terms.tls_name, "a domain name",
                         "The name the certificate must hold for, where it is not the host's."),
             text_option("username", s.terms.username, "a name", "Who we log in as there; empty for nobody."),
             text_option("password_file", s.terms.password_file, "a path",
                         "The password, on one line, in a file that nobody else can read."),
             mechanisms_option("mechanisms", s.terms.mechanisms,
                               "How we log in; the default is the best that both know.")}};
}

TableSchema lookup_table(TableSettings& s) {
    return {
        "table",
        "A list that other keys name as \"table:NAME\", wherever it is kept; as many as wanted.",
        {text_option("name", s.name, "a name", "What it is called where it is used."),
         choice_option("kind", s.kind, {"file", "regex", "networks", "cdb", "sqlite", "postgresql", "ldap"},
                       "What keeps it; which of the keys below it takes depends on this."),
         text_option("path", s.path, "a path", "Of a file, regex, networks, cdb or sqlite table."),
         text_option("query", s.query, "an SQL query",
                     "Of a sqlite table, whose parameter is :key, or of a postgresql table, whose is $1; its "
                     "rows are the values."),
         text_option("connection", s.connection, "a libpq connection string",
                     "Where a postgresql table is; a password is best kept in a passfile."),
         text_option("uri", s.uri, "an ldap://, ldaps:// or ldapi:// URI, or several",
                     "Where an ldap table is; of several the first that answers."),
         text_option("base", s.base, "a distinguished name", "Where an ldap search begins."),
         choice_option("scope", s.scope, {"base", "one", "subtree"}, "How deep it goes."),
         text_option("filter", s.filter, "an LDAP filter",
                     "Which entries are meant; {key} is filled in, escaped."),
         text_option("attribute", s.attribute, "an attribute's name", "Whose values are the answer."),
         text_option("bind_dn", s.bind_dn, "a distinguished name",
                     "Who asks; empty for nobody in particular."),
         text_option("password_file", s.password_file, "a path", "Their password, on one line."),
         flag_option("starttls", s.starttls, "Whether an ldap:// connection turns to TLS first."),
         duration_option("timeout", s.timeout, {seconds{1}, minutes{5}},
                         "How long one lookup in a cdb, sqlite, postgresql or ldap table may take.")}};
}

TableSchema domain_table(DomainTimes& s) {
    return {"domain",
            "What is different for the mail of some recipients' domains; the nearest name that fits counts.",
            {pattern_option("name", s.pattern, "A domain, \"*.suffix\", or \"*\" for all."),
             optional_duration_option("warn_after", s.warn_after, {minutes{1}, hours{24 * 30}},
                                      "Instead of [retry] warn_after."),
             optional_duration_option("give_up_after", s.give_up_after, {minutes{1}, hours{24 * 60}},
                                      "Instead of [retry] give_up_after.")}};
}

}  // namespace cursus
