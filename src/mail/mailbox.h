// Mailboxes and paths of the SMTP envelope.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ip.h"
#include "base/result.h"
#include "mail/domain.h"

namespace cursus {

// Why a mailbox or path was not taken; each has its own named reply (mail/replies.h).
enum class AddressError : std::uint8_t {
    Syntax,            // not RFC 5321 §4.1.2, RFC 6531 §3.3
    ControlByte,       // CR, LF, NUL or another control byte, escaped or not
    LocalPartTooLong,  // over local_part_octets_max
    PathTooLong,       // over 256 octets with its brackets, RFC 5321 §4.5.3.1.3
    BadDomain,
    NotUtf8,
    NoDomain,  // a local part alone
};

// RFC 5321 §4.5.3.1.1 promises 64 octets and asks for more where possible: senders that put a token or a
// whole rewritten address into the local part (VERP, SRS) use more every day, and refusing them would lose
// mail.
inline constexpr std::size_t local_part_octets_max = 128;

// Where a mailbox lives: a domain, or an address literal (RFC 5321 §4.1.3).
using MailHost = std::variant<Domain, IpAddress>;
std::string host_text(const MailHost& host);  // "example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]"
Result<MailHost, AddressError> parse_mail_host(std::string_view text);

// A local part that stands alone, as alias lists name local users: "ann", "\"ann lee\"". Unquoted and checked
// as in a mailbox; and the way back, quoted where it must be.
Result<std::string, AddressError> parse_local_part(std::string_view text);
std::string local_part_text(std::string_view local_part);

// RFC 5321 §4.1.2, RFC 6531 §3.3. The local part is held unquoted, its case kept; equal mailboxes compare
// equal however they were quoted.
class Mailbox {
public:
    // `qualify` completes a local part that stands alone; without it that is an error.
    static Result<Mailbox, AddressError> parse(std::string_view text, const Domain* qualify = nullptr);
    // Of parts that come from inside (configuration, queue). Same checks.
    static Result<Mailbox, AddressError> make(std::string local_part, MailHost host);

    const std::string& local_part() const { return local_part_; }  // unquoted octets, UTF-8 when not ASCII
    const MailHost& host() const { return host_; }
    const Domain* domain() const { return std::get_if<Domain>(&host_); }
    bool needs_smtputf8() const;  // the local part is not ASCII; a domain can always be sent as A-labels
    std::string text() const;     // quoted where needed; domain as A-labels; no angle brackets
    friend auto operator<=>(const Mailbox&, const Mailbox&) = default;

private:
    Mailbox(std::string local_part, MailHost host)
        : local_part_(std::move(local_part)), host_(std::move(host)) {}
    std::string local_part_;
    MailHost host_;
};

struct NullPath {  // "<>", RFC 5321 §4.5.5
    friend auto operator<=>(const NullPath&, const NullPath&) = default;
};
using ReversePath = std::variant<NullPath, Mailbox>;
std::string path_text(const ReversePath& path);      // "<>" or "<a@b.example>"
std::string path_text(const Mailbox& forward_path);  // "<a@b.example>"
std::string bare_text(const ReversePath& path);      // "" or "a@b.example"

// Paths as they stand in MAIL and RCPT. A source route is read and dropped (RFC 5321 §3.6.1, §4.1.1.3).
// "<postmaster>" without a domain (RFC 5321 §4.1.1.3) is taken as postmaster at `own_name`, and any other
// name without one as at `qualify`, where that is given.
Result<ReversePath, AddressError> parse_reverse_path(std::string_view text, const Domain* qualify = nullptr);
Result<Mailbox, AddressError> parse_forward_path(std::string_view text, const Domain& own_name,
                                                 const Domain* qualify = nullptr);

}  // namespace cursus
