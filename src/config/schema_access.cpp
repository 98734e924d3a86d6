// The keys of who may come in and how: listeners, TLS, authentication, submission.
#include <chrono>
#include <map>

#include "config/parsers.h"
#include "config/parsers_access.h"
#include "config/schema.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// What is shown as the default of options where it depends on others.
using Shown = std::map<std::string_view, std::string>;
TableSchema with_shown(TableSchema table, const Shown& shown) {
    for (auto& option : table.options)
        if (const auto found = shown.find(option.key); found != shown.end()) option.shown = found->second;
    return table;
}

}  // namespace

TableSchema listener_table(ListenerSettings& s) {
    return with_shown(
        {"listener",
         "An address that takes connections; as many as wanted. The default is one on port 25.",
         {text_option("name", s.name, "a name", "What it is called in events; the default is its service."),
          service_address_list_option("address", s.addresses,
                                      "Addresses with ports: \"0.0.0.0:25\", \"[::]:25\"; for lmtp local "
                                      "sockets too: \"unix:/run/cursus/lmtp.sock\"."),
          choice_option("service", s.service, {"mx", "submission", "lmtp"},
                        "What is spoken there: mx is SMTP with other hosts, submission is for people's mail "
                        "programs (RFC 6409), lmtp is for handing mail over to this host (RFC 2033)."),
          choice_option("tls", s.tls, {"none", "starttls", "implicit"},
                        "Whether TLS is offered, or begins at once."),
          text_option("certificate", s.certificate, "a PEM file", "Instead of [tls] certificate."),
          text_option("key", s.key, "a PEM file", "Instead of [tls] key."),
          choice_option("client_certificates", s.client_certificates, {"none", "optional", "required"},
                        "Whether clients are asked for a certificate; the default is optional where [tls] "
                        "says whose count."),
          flag_option("auth", s.auth,
                      "Whether clients may log in; the default is true for submission, where they must."),
          network_list_option("proxies", s.proxies,
                              "Load balancers, whose connections must begin with a PROXY header."),
          network_list_option("xclient", s.xclient, "Who may say by XCLIENT which client they speak for.")}},
        {{"tls", "\"starttls\", for lmtp \"none\""}, {"client_certificates", "\"optional\", or \"none\""}});
}

TableSchema certificate_table(CertificateSettings& s) {
    return {"certificate",
            "Further certificates, shown to clients that ask for one of their names (SNI).",
            {text_option("certificate", s.certificate, "a PEM file", "The certificate chain, leaf first."),
             text_option("key", s.key, "a PEM file", "Its private key."),
             domain_list_option("names", s.names, "The names; the default is those in the certificate.")}};
}

TableSchema tls_table(TlsSettings& s) {
    return {"tls",
            "This server's certificate. Where none is given it makes one and signs it itself: enough for "
            "encryption, but not to be verified. Files are read again when they change.",
            {text_option("certificate", s.certificate, "a PEM file", "The certificate chain, leaf first."),
             text_option("key", s.key, "a PEM file", "Its private key."),
             text_option("client_ca", s.client_ca, "a PEM file",
                         "Authorities whose client certificates may send to anywhere."),
             fingerprints_option("client_fingerprints", s.client_fingerprints,
                                 "SHA-256 of single client certificates that may do the same."),
             choice_option("minimum", s.minimum, {"1.2", "1.3"}, "The oldest TLS that is spoken.")}};
}

TableSchema auth_table(AuthSettings& s) {
    auto& oauth = s.oauth;
    return {
        "auth",
        "Who may log in, and then send to anywhere.",
        {account_source_option("users", s.users, "Where accounts are kept."),
         mechanisms_option("mechanisms", s.mechanisms,
                           "By what means; the default is all that users can serve."),
         flag_option("clear_on_loopback", s.clear_on_loopback,
                     "Whether clients on this host may show passwords without TLS."),
         text_option("oauth_introspection", oauth.introspection, "an https URL",
                     "Where tokens of OAUTHBEARER and XOAUTH2 are asked about (RFC 7662)."),
         text_option("oauth_client_id", oauth.client_id, "a name", "Who we are there."),
         text_option("oauth_client_secret_file", oauth.client_secret_file, "a path", "And our secret."),
         text_option("oauth_keys", oauth.keys, "a path",
                     "Instead of asking: a set of keys (JWK) that signed tokens are checked with."),
         text_option("oauth_issuer", oauth.issuer, "a text",
                     "Who must have issued a token; empty for anyone."),
         text_option("oauth_audience", oauth.audience, "a text", "For whom it must be; empty for anyone."),
         text_option("oauth_scope", oauth.scope, "a word", "What it must allow; empty for anything."),
         text_option("oauth_account", oauth.account, "a claim's name", "What in it names the account."),
         text_option("oauth_trusted_roots", oauth.trusted_roots, "a PEM file",
                     "Authorities that may vouch for oauth_introspection; the default is the system's."),
         count_option("failures_per_client", s.failures_per_client, {1, 100'000},
                      "Failed attempts of one client (an IPv6 /64) before it is blocked."),
         count_option("failures_per_account", s.failures_per_account, {1, 100'000},
                      "Failed attempts at one account before it is blocked for those who have not logged in "
                      "before."),
         duration_option("failure_window", s.failure_window, {minutes{1}, hours{24}},
                         "How long a failure counts."),
         duration_option("block", s.block, {seconds{10}, hours{24}}, "How long a block lasts."),
         count_option("messages_per_hour", s.messages_per_hour, {0, 10'000'000},
                      "What an account may send before it is put on hold; 0 for any number."),
         count_option("recipients_per_hour", s.recipients_per_hour, {0, 100'000'000},
                      "The same, in recipients."),
         text_option("countries", s.countries, "a path",
                     "A file in MaxMind's format that says in which country an address is."),
         count_option("countries_per_day", s.countries_per_day, {1, 100},
                      "From how many countries one account may log in within a day before it is put on hold; "
                      "counted where countries are known.")}};
}

TableSchema submission_table(SubmissionSettings& s) {
    return {"submission",
            "What people's mail programs may do.",
            {sender_policy_option("senders", s,
                                  "What an account may send as: its own address, what a table has for it, or "
                                  "anything."),
             duration_option("future_release", s.future_release, {seconds{0}, hours{24 * 365}},
                             "How far ahead a message may be handed in (FUTURERELEASE); 0s for not at all."),
             duration_option("deliver_by_min", s.deliver_by_min, {seconds{1}, hours{24}},
                             "The shortest time in which delivery may be asked for (DELIVERBY)."),
             priority_option("priority_max", s.priority_max,
                             "The highest priority that is granted (MT-PRIORITY).")}};
}

}  // namespace cursus
