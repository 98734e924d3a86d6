// The trace fields that a server puts in front of a message, RFC 5321 §4.4. Whatever a client said is made
// harmless.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "mail/envelope.h"

namespace cursus {

struct ReceivedFacts {
    const ClientFacts& client;
    std::string_view host;  // our own name
    Protocol protocol;
    bool smtputf8 = false;  // the transaction was one of RFC 6531
    MessageId id;
    const Mailbox* recipient = nullptr;  // if there is exactly one: with more, each would learn of the others
    std::int8_t priority = 0;            // RFC 6710 §4.1, 2)
    WallTime arrived{};
};

// The whole field, folded, with its CRLF.
std::string received_field(const ReceivedFacts& facts);
std::string return_path_field(const ReversePath& sender);

// The word behind "with": RFC 3848, RFC 6531 §4.3. Empty for mail made here.
std::string with_word(Protocol protocol, bool smtputf8, bool tls, bool authenticated);

}  // namespace cursus
