// Everything that happens, as typed events. Stages emit them; log, metrics, journal and tests read them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/ip.h"
#include "base/service_address.h"
#include "base/time.h"
#include "mail/reply.h"
#include "mail/timing.h"

namespace cursus {

// ---- a session (SessionId is set)
struct Connected {
    std::string listener;
    Endpoint client, server;
    std::optional<Endpoint> proxy = {};  // who says so, by a PROXY header
};
struct ClientRestated {
    Endpoint client, by;
    std::string name, helo;  // empty: not said
};  // XCLIENT
struct TlsStarted {
    std::string protocol, cipher;
    bool verified = false;
    std::string peer_subject;
    std::string peer_fingerprint = {};  // SHA-256, lower-case hexadecimal; empty: no certificate was shown
};
struct TlsFailed {
    std::string why;
};
struct Authenticated {
    std::string mechanism, account;
    std::string country = {};  // of the client; empty: it is not known
};
struct AuthenticationFailed {
    std::string mechanism;
    std::string account;  // whom the client claimed to be, bounded; empty: it did not come to that
    std::string why;      // more than the client is told
    Reply reply;
};
struct LoginBlocked {
    std::string what;  // "192.0.2.7", "account julius"
    WallTime until;
    std::uint32_t failures = 0;
};
struct AccountHeld {
    std::string account, why;
};  // until an operator releases it
struct AccountReleased {
    std::string account, by;
};
struct Greeted {
    std::string helo;
    bool extended = false;
};
struct CommandRefused {
    std::string command;
    Reply reply;
};  // the command's line, bounded, controls escaped
struct SenderRefused {
    std::string sender, rule;  // the sender as path text, here and below
    Reply reply;
    std::uint64_t declared_size = 0;  // by SIZE, here and below; 0: not said
};
struct Rewritten {
    std::string field;          // "MAIL", "RCPT" or the header field's name
    std::string before, after;  // of the envelope as path text; nothing before: the field was added
    std::uint64_t untold = 0;   // so many changes more, which are not told one by one
};  // of our own client's mail; with the message's id where it stands in a header
struct RecipientRefused {
    std::string recipient, rule;
    Reply reply;
};
struct DataRefused {
    std::string sender;
    std::vector<std::string> recipients;
    std::string rule;
    Reply reply;
    std::uint64_t bytes = 0;
    std::uint64_t declared_size = 0;
};
struct Abandoned {
    std::string sender;
    std::vector<std::string> recipients;
    std::uint64_t declared_size = 0;
};  // a transaction that ended without a message: RSET, a new greeting, or the client is gone
// The word of an answer for which nobody waited any more.
inline constexpr std::string_view called_off = "called-off";
// The word of one that failed since we could not do our part.
inline constexpr std::string_view our_trouble = "our-trouble";

// Something was found out for a rule, or could not be.
struct LookedUp {
    std::string what, subject;       // the condition's name, and what was asked about
    std::vector<std::string> words;  // what it was found to be
    double number = 0;               // a score or a count
    std::string detail;
    std::string trouble;  // why nobody can tell; empty: it is known
    Duration took{};
};
// A rule's conditions hold. Where it stands: "file" or "default", and the line there.
struct RuleMatched {
    std::string rule, origin;
    std::uint32_t line = 0;
    std::string stage, action;
    std::string recipient;  // who was asked about; empty: nobody in particular
};
struct RuleUndecided {
    std::string rule, origin;
    std::uint32_t line = 0;
    std::string stage, on_error;  // "defer" or "ignore"
    std::string recipient;
};  // nobody could tell whether its conditions hold, or the program it asks gave no answer
// A rule's refusal of a message that does not count, since it does not hold for all who are to get it.
struct Overruled {
    std::string recipient, rule;
};
// What a message was found to be when rules asked for it.
struct Surveyed {
    std::uint64_t size = 0;
    std::vector<std::string> attachments, findings, uri_hosts;  // attachments: "type name", for each
    // name that one may be taken to have
};
struct Discarded {
    std::string sender;
    std::vector<std::string> recipients;
    std::string rule, why;
};  // taken and thrown away, as a rule wants it
struct ConnectionRefused {
    std::string rule;
    Reply reply;           // what the client is told, if it comes to that
    std::string why = {};  // more than that
};  // limits, shutting down, no accepted certificate, no PROXY header
struct Disconnected {
    std::string how;
    std::uint32_t commands = 0, accepted = 0;
    Duration lasted{};
};

// ---- a message (MessageId is set; the session's id too where there was one)
struct Accepted {
    std::string sender;
    std::vector<std::string> recipients;
    std::uint64_t size = 0;
    std::string protocol;
    std::int8_t priority = 0;  // RFC 6710
    std::optional<WallTime> not_before = {};
    std::optional<DeliverBy> deliver_by = {};
};
struct Routed {
    std::string recipient, destination, site;
};
// An alias or a forward file: others take the recipient's place. With none it is thrown away.
struct Expanded {
    std::string recipient;
    std::vector<std::string> to;  // "address by list:line", expanded_shown_max of them
    std::uint64_t members = 0;
    std::uint64_t duplicates = 0;  // left out: another recipient of the message leads there too
};
inline constexpr std::size_t expanded_shown_max = 20;
struct Attempted {
    std::string recipient, host;
    std::optional<ServiceAddress> address;
    bool tls = false;
    std::string stage;
    Reply reply;
    std::string protocol = {}, cipher = {};  // of TLS
    bool verified = false;                   // the host has proven its name by its certificate
};
struct Delivered {
    std::string recipient, where;
    Reply reply;
    Duration age{};
};
struct Deferred {
    std::string recipient, why;
    Reply reply;
    WallTime until;
};
struct Bounced {
    std::string recipient, why;
    Reply reply;
};  // failed for good; a report is owed unless the sender is null
struct DelayWarned {
    std::string recipient;
};
struct Reported {
    MessageId report;
    std::string to, kind;
};  // kind: "failed", "delayed"
struct Removed {
    std::string recipient, by;
};  // by an operator
struct RecipientHeld {
    std::string recipient, by, why;
    std::optional<WallTime> until;
};  // in quarantine: nobody delivers it, nobody is told
struct RecipientReleased {
    std::string recipient, by;
};
struct HoldExpired {
    std::string recipient;
};  // it is removed
struct Completed {
    Duration age{};
};  // every recipient is settled and nothing is owed

// ---- the program itself
struct SiteDown {
    std::string site, why;
    WallTime until;
};
struct SiteUp {
    std::string site;
};
struct QueueStateChanged {
    std::string state, why;
};  // "accepting", "full", "over-budget", "broken"
struct Reloaded {
    std::vector<std::string> changed, needs_restart;  // tables and keys of the configuration
};
struct CertificateRead {
    std::string path;
    std::vector<std::string> names;
    WallTime until;
};
struct Started {
    std::string version;
    std::string why_no_deputy;  // empty: things can be done as other users
};
struct Stopped {
    std::string why;
};
struct Trouble {
    std::string where, what;
};  // something an operator should look at

using EventBody =
    std::variant<Connected, ClientRestated, TlsStarted, TlsFailed, Authenticated, AuthenticationFailed,
                 LoginBlocked, AccountHeld, AccountReleased, Greeted, CommandRefused, SenderRefused,
                 Rewritten, RecipientRefused, DataRefused, Abandoned, LookedUp, RuleMatched, RuleUndecided,
                 Overruled, Surveyed, Discarded, ConnectionRefused, Disconnected, Accepted, Routed, Expanded,
                 Attempted, Delivered, Deferred, Bounced, DelayWarned, Reported, Removed, RecipientHeld,
                 RecipientReleased, HoldExpired, Completed, SiteDown, SiteUp, QueueStateChanged, Reloaded,
                 CertificateRead, Started, Stopped, Trouble>;

struct MailEvent {
    WallTime at{};
    SessionId session;  // 0 when it belongs to none
    MessageId message;
    EventBody body;
};

// Where events go. emit() is thread-safe, never waits, never fails; what cannot be kept is counted by the
// reader.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void emit(MailEvent event) noexcept = 0;
};

}  // namespace cursus
