// Everything that listens for mail: on each reactor each configured address, and the sessions that come of
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "accounts/login_guard.h"
#include "base/id.h"
#include "base/result.h"
#include "config/settings.h"
#include "mail/events.h"
#include "policy/accepted_certificates.h"
#include "policy/local_recipients.h"
#include "policy/relay.h"
#include "receive/accepting.h"
#include "receive/address_rules.h"
#include "receive/connection_limits.h"
#include "receive/ground_rules.h"
#include "receive/server_certificates.h"
#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

// Everything outlives the listeners.
struct ReceiveNeeds {
    World& world;
    std::shared_ptr<const GroundRules> rules;
    LoginGuard& guard;
    AccountLimits& accounts;
    Accepting& accepting;
    EventSink& events;
    IdMaker& session_ids;
};

// What connections are to go by: neither without the other, since the rules judge what the handshake has
// verified.
struct NextRules {
    std::shared_ptr<const GroundRules> rules;
    ServerCertificates::Prepared certificates;
};

class Listeners {
public:
    // A message that is on its way when stop() is called may take this long to arrive.
    static constexpr Duration stop_patience = std::chrono::seconds{30};
    // Clients being told that there is no room, at once on each reactor; beyond, connections are dropped
    // silently.
    static constexpr std::size_t refusals_max = 100;

    explicit Listeners(ReceiveNeeds needs);
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;

    // Binds every address on every reactor and reads the certificates: what may need privileges. Before the
    // reactors run, or on the first one. Errors are sentences that name the listener. Nothing is accepted
    // until start().
    Result<void, std::string> bind();
    // From the first reactor, once, after bind() has succeeded.
    Task<void> start();
    // From the first reactor, once, after start(). New connections and sessions that wait for a command are
    // answered 421, messages on their way are finished or cut off after stop_patience; then nothing listens
    // and nothing runs.
    Task<void> stop();

    // Both from the first reactor, after start(). Certificates are looked at again, as these rules want them,
    // whose settings have the same listeners as before. The error is a sentence: they cannot be in force.
    Task<Result<NextRules, std::string>> prepare(std::shared_ptr<const GroundRules> rules);
    // Connections from now on go by these; those that are open go on by theirs, the certificates included.
    Task<void> adopt(NextRules next);

    std::size_t sessions() const { return limits_.connections(); }  // any thread
    // Where they listen, in the order of the settings: says which port the system chose for port 0.
    std::vector<Endpoint> endpoints() const;

private:
    class Station;  // of one reactor
    Task<void> on_each(Task<void> (Station::*act)());

    ReceiveNeeds needs_;
    ServerCertificates certificates_;
    ConnectionLimits limits_;
    std::vector<std::unique_ptr<Station>> stations_;
};

}  // namespace cursus
