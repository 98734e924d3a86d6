// One mail transaction, thought through before anything is sent. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "smtp/client.h"

namespace cursus {

// Commands that go out in one write, RFC 2920: few enough that their replies fit into any receive window, so
// that two sides that both only write cannot lock each other up.
inline constexpr std::size_t pipelined_commands_max = 50;

struct TransactionStep {
    enum class Kind : std::uint8_t { Reset, Mail, Rcpt, Data } kind;
    std::string line;           // with its CRLF
    std::size_t recipient = 0;  // of Rcpt: its place in the request
};
SmtpStage stage_of(TransactionStep::Kind kind);

// Why the message cannot go to a peer with these extensions at all, as our own reply.
std::optional<Reply> refusal_of_message(const TransactionRequest& request, const Extensions& extensions);
// The same for one recipient, the `taken`th that would be given to the peer.
std::optional<Reply> refusal_of_recipient(const Mailbox& recipient, std::size_t taken,
                                          const Extensions& extensions);

TransactionStep reset_step();
TransactionStep mail_step(const TransactionRequest& request, bool needs_smtputf8,
                          const Extensions& extensions);
TransactionStep rcpt_step(const TransactionRequest& request, std::size_t recipient);
TransactionStep data_step();

// True when the peer must read UTF-8 in this transaction: for the message, or for an address of it.
bool needs_smtputf8(const TransactionRequest& request, const Extensions& extensions);

}  // namespace cursus
