// Everything that listens for mail: on each reactor each configured address, and the sessions that come of
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "config/settings.h"
#include "mail/events.h"
#include "policy/accepted_certificates.h"
#include "policy/local_recipients.h"
#include "policy/relay.h"
#include "receive/accepting.h"
#include "receive/access.h"
#include "receive/address_rules.h"
#include "receive/connection_limits.h"
#include "receive/server_certificates.h"
#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

// Everything outlives the listeners. `settings.hostname` is set.
struct ReceiveNeeds {
    World& world;
    const Settings& settings;
    const LocalRouting& local;
    Access& access;
    Accepting& accepting;
    EventSink& events;
    IdMaker& session_ids;
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

    ServerCertificates& certificates() { return certificates_; }
    std::size_t sessions() const { return limits_.connections(); }  // any thread
    // Where they listen, in the order of the settings: says which port the system chose for port 0.
    std::vector<Endpoint> endpoints() const;

private:
    class Station;   // of one reactor
    struct Shared {  // by all of them
        const RelayInvariant& relay;
        const LocalRecipients& local;
        const AcceptedCertificates& certificates;
        const AddressRules& addresses;
        ConnectionLimits& limits;
    };
    Task<void> on_each(Task<void> (Station::*act)());

    ReceiveNeeds needs_;
    RelayInvariant relay_;
    LocalRecipients local_;
    AcceptedCertificates accepted_certificates_;
    ServerCertificates certificates_;
    AddressRules addresses_;
    ConnectionLimits limits_;
    std::vector<std::unique_ptr<Station>> stations_;
};

}  // namespace cursus
