// A session that does not happen: the server's own dialogue with a client made of commands, whose message
// goes nowhere. What `cursus explain` plays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "base/ip.h"
#include "mail/events.h"
#include "receive/ground_rules.h"
#include "runtime/reactor.h"
#include "runtime/stream.h"

namespace cursus {

// A transaction.
struct ImaginedMail {
    std::string sender = {};  // without brackets; empty: the null path
    std::vector<std::string> recipients = {};
    std::optional<std::string> message = {};  // lines end with CRLF; none: the client gives up before DATA
    std::uint64_t declared_size = 0;          // by SIZE; 0: it says none
    friend bool operator==(const ImaginedMail&, const ImaginedMail&) = default;
};

struct ImaginedClient {
    Endpoint address = {};
    std::string helo = {};             // empty: it leaves without a greeting
    std::string account = {};          // who has logged in; empty: nobody
    std::optional<TlsFacts> tls = {};  // none: it speaks TLS only where it must from the first octet on
    std::vector<ImaginedMail> mails = {};
};

// What happens, in order.
struct Told {
    enum class Who : std::uint8_t { Client, Server, Event, Note };
    Who who;
    std::string line;      // of client and server without its end; of a note
    EventBody event = {};  // Event
};

// What is as good as any where nobody knows how a client would speak TLS.
TlsFacts imagined_tls();

// `rules` names the listener to come in by, by its place; `held` are the accounts on hold. Nothing is kept,
// counted or sent.
Task<std::vector<Told>> imagine_session(World& world, std::shared_ptr<const GroundRules> rules,
                                        std::size_t listener, ImaginedClient client,
                                        std::vector<HeldAccount> held);

}  // namespace cursus
