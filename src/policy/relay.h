// The relay invariant: who may send to whom, before any rule of the operator is asked. Rules can only narrow
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/ip.h"
#include "config/settings.h"
#include "mail/mailbox.h"
#include "route/destinations.h"

namespace cursus {

// What is known of a client that bears on relaying. Nothing a client merely says is in here.
struct RelayClient {
    IpAddress address;              // of the connection's far end
    bool is_authenticated = false;  // SASL
    bool shows_accepted_certificate = false;
};

// Which line of the invariant decided. Everything but the last two allows.
enum class RelayRule : std::uint8_t {
    RelayHost,  // the client is listed in [relay] hosts
    Authenticated,
    Certificate,
    LocalDomain,    // the recipient's domain is in [domains] local
    OwnPostmaster,  // postmaster at the host's own name, RFC 5321 §4.5.1
    OwnAddress,     // an address literal that a listener has
    RelayDomain,    // the recipient's domain is in [domains] relay
    SenderRouted,   // refused: a stranger's route through a relay domain ("user%elsewhere@relay.example")
    Stranger,       // refused: everything else
};
std::string_view name(RelayRule rule);  // "relay-host", for events and `cursus explain`
constexpr bool is_allowed(RelayRule rule) {
    return rule < RelayRule::SenderRouted;
}

// The tables of the invariant, looked up in constant time. Immutable, so any thread may ask.
class RelayInvariant {
public:
    // The settings must name the host. An empty [relay] hosts means nobody: the default (loopback) is the
    // parser's.
    explicit RelayInvariant(const Settings& settings);

    // Pure. The local part never decides where mail goes: "user%elsewhere@local.example" is a mailbox of
    // local.example with a percent sign in its name, and no source route has survived parsing.
    RelayRule decide(const RelayClient& client, const Mailbox& recipient) const;
    bool is_relay_host(const IpAddress& address) const;
    // By which of its first lines the client may send to anywhere; none: it is a stranger.
    std::optional<RelayRule> trust(const RelayClient& client) const;

private:
    RelayRule decide_for_stranger(const Mailbox& recipient) const;

    std::vector<IpNetwork> relay_hosts_;
    Destinations destinations_;  // what is local is what will be delivered here, and nothing else
    std::unordered_set<std::string> relay_domains_;
};

}  // namespace cursus
