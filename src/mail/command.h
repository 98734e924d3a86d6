// One line of a client, parsed into a typed command: RFC 5321 §4.1.1 and the extensions' parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "mail/envelope.h"
#include "mail/mailbox.h"
#include "mail/timing.h"

namespace cursus {

inline constexpr std::size_t parameters_max = 32;    // of one MAIL or RCPT
inline constexpr std::size_t helo_octets_max = 255;  // RFC 5321 §4.5.3.1.2

// The argument of HELO, EHLO, LHLO as it was given: printable ASCII without spaces, not checked further,
// because honest clients send every kind of name (RFC 5321 §4.1.4: a name that does not verify is no reason
// to refuse).
struct HeloCommand {
    std::string name;
};
struct EhloCommand {
    std::string name;
};
struct LhloCommand {
    std::string name;
};

// Parameters that are known here. Whether one was allowed, that is, whether its extension was announced, is
// for the session to say: `unknown` and the set members are what it needs to answer 555 (RFC 5321 §4.1.1.11).
struct MailParameters {
    std::optional<std::uint64_t> size;  // RFC 1870; a number beyond 2^63-1 is held as 2^63-1
    std::optional<Body> body;           // RFC 6152, RFC 3030
    bool smtputf8 = false;              // RFC 6531
    bool require_tls = false;           // RFC 8689
    std::optional<Ret> ret;             // RFC 3461 §4.3
    std::optional<std::string> envid;   // RFC 3461 §4.4, decoded: printable ASCII, not empty
    std::optional<std::string>
        auth;  // RFC 4954 §5, decoded: printable ASCII, a mailbox's text if honest, or "<>"
    std::optional<FutureRelease> hold;        // RFC 4865: HOLDFOR or HOLDUNTIL, never both
    std::optional<DeliverWithin> deliver_by;  // RFC 2852: BY
    std::optional<std::int8_t> priority;      // RFC 6710: MT-PRIORITY
    bool asks_for_time() const { return hold || deliver_by || priority; }
    std::vector<std::string> unknown;  // keywords, upper case
};
struct MailCommand {
    ReversePath sender;
    MailParameters parameters;
};

struct RcptParameters {
    std::optional<Notify> notify;      // RFC 3461 §4.1
    std::optional<std::string> orcpt;  // RFC 3461 §4.2, decoded (mail/xtext.h)
    std::vector<std::string> unknown;  // keywords, upper case
};
struct RcptCommand {
    Mailbox recipient;
    RcptParameters parameters;
};

struct DataCommand {};
struct BdatCommand {
    std::uint64_t size;
    bool is_last;
};  // RFC 3030 §2
struct RsetCommand {};
struct NoopCommand {};
struct VrfyCommand {
    std::string argument;
};
struct ExpnCommand {
    std::string argument;
};
struct HelpCommand {
    std::string argument;
};
struct QuitCommand {};
struct StartTlsCommand {};
struct AuthCommand {
    std::string mechanism;
    std::optional<std::string> initial;
};  // upper case; base64 or "=", undecoded

struct XclientCommand {
    std::string attributes;
};  // unread: for whoever may say it (mail/xclient.h)

using Command = std::variant<HeloCommand, EhloCommand, LhloCommand, MailCommand, RcptCommand, DataCommand,
                             BdatCommand, RsetCommand, NoopCommand, VrfyCommand, ExpnCommand, HelpCommand,
                             QuitCommand, StartTlsCommand, AuthCommand, XclientCommand>;

// Why a line is no command. reply_to() (mail/replies.h) gives each its named reply.
enum class CommandError : std::uint8_t {
    Unknown,      // no such verb
    ControlByte,  // a control octet, tab included, anywhere in the line
    HeloArgument,
    MailSyntax,          // not "MAIL FROM:<...>"
    RcptSyntax,          // not "RCPT TO:<...>"
    SenderAddress,       // CommandFailure::address says what is wrong with it
    RecipientAddress,    // the same
    ArgumentUnexpected,  // of a command that takes none
    ArgumentMissing,     // of a command that needs one
    ParameterSyntax,     // a known or unknown parameter that is not keyword[=value], or too many of them
    ParameterValue,      // a known parameter with a value it cannot have
    ParameterTwice,
    BdatSyntax,  // how much follows is unknown: whoever gets this must close (else data is read as commands)
    AuthSyntax,
};
struct CommandFailure {
    CommandError error;
    AddressError address = AddressError::Syntax;
    friend bool operator==(const CommandFailure&, const CommandFailure&) = default;
};

// What stands behind a mailbox that comes without its domain.
struct CompletingNames {
    const Domain& own_name;           // behind postmaster
    const Domain* qualify = nullptr;  // behind every other; null: such a mailbox is an error
};

// `line` has no CRLF. Verbs and keywords in any case. Where the grammar has one space, a run of spaces is
// taken, and spaces are tolerated after "FROM:" and "TO:" and at the end of the line: real clients send them,
// and they are not ambiguous. `names` complete what has no
// domain.
Result<Command, CommandFailure> parse_command(std::string_view line, const CompletingNames& names);

// What stands behind the path of a MAIL or RCPT that parse_command() takes, word by word, as it came.
std::vector<std::string> parameter_words(std::string_view line);

}  // namespace cursus
