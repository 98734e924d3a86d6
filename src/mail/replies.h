// Every reply of the server's side, by name, so that the same refusal reads the same everywhere. Enhanced
// codes are those of the IANA registry (RFC 3463, RFC 5248). Nothing a client said is ever repeated in a
// reply.
#pragma once

#include <string_view>

#include "base/id.h"
#include "mail/command.h"
#include "mail/data_framing.h"
#include "mail/dialect.h"
#include "mail/line_reader.h"
#include "mail/reply.h"

namespace cursus::replies {

// ---- the session goes well
Reply greeting(std::string_view host, Dialect dialect);  // 220, RFC 5321 §4.3.1
// A refusal as it may stand there: 554 (or 521, RFC 7504 §3), or 421 where the client is to come again later,
// RFC 5321 §4.3.2.
Reply in_place_of_greeting(const Reply& refusal);
Reply hello(std::string_view host);    // 250 to HELO; to EHLO the session builds its own lines
Reply closing(std::string_view host);  // 221 to QUIT
Reply queued(MessageId id);            // 250 after the message was kept
extern const Reply sender_ok;          // 250 2.1.0 to MAIL
extern const Reply recipient_ok;       // 250 2.1.5 to RCPT
extern const Reply start_data;         // 354 to DATA
extern const Reply chunk_ok;           // 250 to a BDAT that is not the last
extern const Reply reset_ok;           // 250 to RSET
extern const Reply noop_ok;
extern const Reply help;               // 214
extern const Reply start_tls_ok;       // 220 to STARTTLS
extern const Reply cannot_verify;      // 252 to VRFY, RFC 5321 §3.5.3
extern const Reply expansion_refused;  // 550 to EXPN

// ---- commands
extern const Reply unknown_command;         // 500
extern const Reply bad_sequence;            // 503
extern const Reply hello_first;             // 503 before EHLO
extern const Reply nested_mail;             // 503 to a second MAIL
extern const Reply mail_first;              // 503 to RCPT, DATA, BDAT without MAIL
extern const Reply no_recipients_for_lmtp;  // 503, RFC 2033 §4.2
extern const Reply no_valid_recipients;     // 554 5.5.1 to DATA or BDAT, RFC 5321 §4.5.4.1 and RFC 2033 §4.2
extern const Reply data_after_bdat;         // 503 to DATA or to MAIL amid chunks, RFC 3030 §2
extern const Reply parameter_not_offered;   // 555
extern const Reply command_line_too_long;   // 500
extern const Reply too_many_bad_commands;   // 421
extern const Reply data_before_reply;       // 554: talked before the greeting, or pipelined where it may not
extern const Reply tls_not_offered;         // 502 to STARTTLS
extern const Reply tls_already_active;      // 503
extern const Reply start_tls_first;         // 530 5.7.0, RFC 3207 §4
extern const Reply certificate_missing;     // 530 5.7.0, the client's, and the session ends
extern const Reply certificate_not_accepted;  // the same
extern const Reply auth_not_offered;          // 502
extern const Reply xclient_syntax;            // 501
extern const Reply lhlo_is_for_lmtp;          // 500
extern const Reply lhlo_first;                // 503
extern const Reply lmtp_wants_lhlo;           // 500, RFC 2033 §4.1

// ---- who the client is, RFC 4954 §4 and §6
Reply auth_challenge(std::string_view octets);  // 334, one line however long
extern const Reply auth_ok;                     // 235 2.7.0
extern const Reply auth_failed;                 // 535 5.7.8, whatever was wrong
extern const Reply auth_unavailable;            // 454 4.7.0: nobody can say now whether it is right
extern const Reply auth_blocked;                // 454 4.7.0: too many failures before
extern const Reply auth_malformed;              // 501 5.5.2
extern const Reply auth_cancelled;              // 501 5.7.0
extern const Reply auth_mechanism_not_offered;  // 504 5.5.4
extern const Reply auth_needs_tls;              // 538 5.7.11
extern const Reply auth_already;                // 503 5.5.1
extern const Reply auth_within_transaction;     // 503 5.5.1
extern const Reply auth_line_too_long;          // 500 5.5.6
extern const Reply auth_required;               // 530 5.7.0, RFC 6409 §4.3
extern const Reply auth_required_after_tls;     // the same where STARTTLS must come first
extern const Reply account_on_hold;             // 450 4.7.1
extern const Reply not_your_address;            // 550 5.7.1, RFC 6409 §6.1
extern const Reply cannot_tell_whose_address;   // 451 4.3.0

// ---- envelope
extern const Reply sender_needs_smtputf8;     // 550 5.6.7, RFC 6531 §3.5
extern const Reply recipient_needs_smtputf8;  // 553 5.6.7
extern const Reply release_too_late;          // 501 5.5.4, RFC 4865 §4.2
extern const Reply release_beyond_delivery;   // 501 5.5.4, RFC 4865 §5.2.2
extern const Reply deliver_by_too_short;      // 555 5.5.4, RFC 2852 §3 and §4
Reply priority_lowered(int priority);         // 250 2.3.6 to MAIL, RFC 6710 §4.1
extern const Reply relay_denied;              // 550 5.7.1
extern const Reply no_such_mailbox;           // 550 5.1.1
extern const Reply cannot_tell_now;           // 451 4.3.0: whether there is such a mailbox
extern const Reply too_many_recipients;       // 452 4.5.3, RFC 5321 §4.5.3.1.10
extern const Reply too_many_messages;         // 421: LIMITS MAILMAX is used up, RFC 9422

// ---- message
extern const Reply message_too_big;    // 552 5.3.4, RFC 1870 §6
extern const Reply header_too_big;     // 552 5.3.4
extern const Reply begins_with_blank;  // 554 5.6.0
extern const Reply mail_loop;          // 554 5.4.6, RFC 5321 §6.3
extern const Reply bare_cr_in_data;    // 554 5.6.0, and the session ends
extern const Reply bare_lf_in_data;
extern const Reply nul_in_data;
extern const Reply text_line_too_long;  // 554 5.6.0
extern const Reply too_many_chunks;     // 554 5.5.0

// ---- we cannot, for now
extern const Reply store_full;                     // 452 4.3.1
extern const Reply store_broken;                   // 451 4.3.0
extern const Reply out_of_memory;                  // 451 4.3.2: the budget for message bodies is used up
extern const Reply shutting_down;                  // 421 4.3.2
extern const Reply too_many_connections;           // 421 4.7.0
extern const Reply too_many_connections_from_you;  // 421 4.7.0
extern const Reply no_proxy_header;                // 421 4.7.0, for events: nobody is there to be told
extern const Reply timed_out;                      // 421 4.4.2

const Reply& reply_to(const CommandFailure& failure);
const Reply& reply_to(LineViolation violation);
const Reply& reply_to(DataViolation violation);

}  // namespace cursus::replies
