// The client's side of an SMTP dialogue over a Stream: what deliver/ speaks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "mail/dialect.h"
#include "mail/envelope.h"
#include "mail/mechanism.h"
#include "mail/reply.h"
#include "runtime/clock.h"
#include "runtime/stream.h"
#include "smtp/sasl_client.h"

namespace cursus {

enum class SmtpStage : std::uint8_t {
    Connect,
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Body,
    FinalDot,
    Quit
};
std::string_view describe(SmtpStage stage);  // "the reply to MAIL", for log and report alike

// The dialogue could not go on, and the connection is of no more use. With `reply`: the peer said so, in time
// (421 at any stage, or a refusal of what the dialogue cannot do without); without: the connection failed or
// broke the protocol.
struct DialogueFailure {
    SmtpStage stage;
    std::optional<Reply> reply;
    std::optional<StreamError> stream;
    std::string what;  // for people
};

// What EHLO announced, bounded and checked.
struct Extensions {
    bool esmtp = false;  // false: HELO was used
    bool pipelining = false, eight_bit_mime = false, smtputf8 = false, starttls = false, chunking = false,
         dsn = false, enhanced_status_codes = false, mt_priority = false;
    std::optional<std::chrono::seconds> deliver_by;   // RFC 2852: the least that Return may ask for
    std::optional<std::uint64_t> size;                // RFC 1870; 0 and absent: no limit known
    std::optional<std::uint32_t> rcpt_max, mail_max;  // RFC 9422
    std::vector<std::string> auth;                    // mechanisms, upper case
};
// What the lines of a reply to EHLO announce. Unknown keywords and malformed values are passed over.
Extensions read_extensions(const Reply& ehlo);

struct SmtpTimeouts {  // RFC 5321 §4.5.3.2
    Duration greeting = std::chrono::minutes{5}, ehlo = std::chrono::minutes{5},
             auth = std::chrono::minutes{2},  // of each step; RFC 4954 names no time
        mail = std::chrono::minutes{5}, rcpt = std::chrono::minutes{5}, data_start = std::chrono::minutes{2},
             data_block = std::chrono::minutes{3}, final_dot = std::chrono::minutes{10},
             quit = std::chrono::seconds{10};
};

// Gives the message in pieces; an empty piece is the end. A failure here aborts the transaction by closing.
class BodySource {
public:
    virtual ~BodySource() = default;
    virtual Task<Result<std::shared_ptr<const std::string>, std::string>> next() = 0;
};

struct TransactionRequest {
    ReversePath sender;
    std::vector<Mailbox> recipients;  // at least one
    Body body = Body::SevenBit;
    bool smtputf8 = false;   // the message needs it: the peer must announce it
    std::uint64_t size = 0;  // for SIZE=
    std::vector<std::string>
        mail_parameters;  // further ones, ready made ("RET=HDRS"); only what the peer announced
    std::vector<std::vector<std::string>> recipient_parameters;  // one list a recipient, or empty
};

struct TransactionResult {
    std::optional<Reply> mail;      // set when MAIL was refused: then nobody got it
    bool is_own = false;            // `mail` is our own reply: the peer cannot do what the message needs,
                                    // and nothing was sent
    std::vector<Reply> recipients;  // one each, unless MAIL was refused. Our own: 553 5.6.7 for an address
                                    // the peer cannot read, 452 4.5.3 beyond its RCPTMAX
    std::optional<Reply> data;      // the reply to DATA when it was refused, or to the final dot (SMTP)
    std::vector<Reply> lmtp;        // LMTP: the final reply of each accepted recipient, in order
    std::size_t lmtp_heard = 0;  // so many of `lmtp` came from the peer; who is behind may have the message
    // What became of recipient i in the end: its own refusal, or the reply that decided for all.
    const Reply& outcome(std::size_t i) const;
    // Recipient i may have got the message, and nobody has said so: `outcome` is our own.
    bool is_unheard(std::size_t i) const;

private:
    std::size_t accepted_before(std::size_t i) const;
};

class SmtpClient {
public:
    // The stream is open; nothing has been read. `own_name` is what EHLO says.
    SmtpClient(std::unique_ptr<Stream> stream, Clock& clock, Dialect dialect, std::string own_name,
               SmtpTimeouts timeouts);
    ~SmtpClient();

    // TLS before anything is said, RFC 8314 §3.
    Task<Result<void, DialogueFailure>> begin_with_tls(std::shared_ptr<TlsContext> context,
                                                       std::string server_name);
    // Greeting, then EHLO (HELO where the peer answers EHLO with 500, 501, 502 or 504; LHLO for LMTP).
    Task<Result<void, DialogueFailure>> greet();
    // STARTTLS and a second EHLO. Replies that came in the clear behind the answer to STARTTLS are an attack
    // (CVE-2021-38371) and end the dialogue.
    Task<Result<void, DialogueFailure>> start_tls(std::shared_ptr<TlsContext> context,
                                                  std::string server_name);
    // AUTH, RFC 4954, by a mechanism that a password serves. A failure without a reply: the peer broke the
    // protocol, or did not prove itself; what was said is in no failure. After a refusal the client is still
    // good for QUIT.
    Task<Result<void, DialogueFailure>> log_in(Mechanism mechanism, LoginAs who);
    const Extensions& extensions() const;
    const Stream& stream() const;

    // One message, in as few round trips as the peer's extensions allow. After a failure at
    // SmtpStage::FinalDot without a reply the message may or may not have arrived. LMTP recipients whose
    // reply was still to come when the connection broke have our own 451 4.4.2 in `lmtp`; the client is then
    // no longer usable. Content is not converted: 8-bit content for a peer without 8BITMIME, and a message
    // that needs SMTPUTF8 for one without it, are refused here (554 5.6.3, 554 5.6.7), as is one above the
    // peer's SIZE (552 5.3.4).
    Task<Result<TransactionResult, DialogueFailure>> send(TransactionRequest request, BodySource& body);
    // MAIL, RCPT, RSET: the callout, which sender verification will make. The reply is the one to RCPT; a
    // refusal of MAIL is a failure at that stage, after which the client is still usable.
    Task<Result<Reply, DialogueFailure>> probe(ReversePath sender, Mailbox recipient);
    bool is_usable() const;  // open, between transactions, nothing unasked-for was said, MAILMAX not used up
    bool is_open() const;    // QUIT can be said
    std::size_t transactions() const;  // finished on this connection
    Task<void> quit();                 // QUIT, a short wait for 221, close
    void cancel();

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace cursus
