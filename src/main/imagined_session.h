// A session that does not happen: the server's own dialogue with a client made of commands, whose message
// goes nowhere. What `cursus explain` plays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "mail/events.h"
#include "receive/ground_rules.h"
#include "runtime/reactor.h"

namespace cursus {

struct ImaginedClient {
    Endpoint address;
    std::string helo;
    std::string account;  // who has logged in; empty: nobody
    std::string sender;   // without brackets; empty: the null path
    std::vector<std::string> recipients;
    std::optional<std::string> message;  // lines end with CRLF; none: the client leaves before DATA
};

// What happens, in order.
struct Told {
    enum class Who : std::uint8_t { Client, Server, Event };
    Who who;
    std::string line;      // of client and server, without its end
    EventBody event = {};  // Event
};

// `rules` names the listener to come in by, by its place. Nothing is kept, counted or sent.
Task<std::vector<Told>> imagine_session(World& world, std::shared_ptr<const GroundRules> rules,
                                        std::size_t listener, ImaginedClient client);

}  // namespace cursus
