// Who the client of a session is: what the socket, a balancer's header and XCLIENT say of it, and what of
// that may count for trust.
#pragma once

#include <optional>
#include <string>

#include "base/ip.h"
#include "mail/xclient.h"
#include "policy/relay.h"

namespace cursus {

// The two ends of a connection: the socket's, or those of the client's connection to a balancer of ours.
struct ConnectionEnds {
    Endpoint client, server;
    std::optional<Endpoint> proxy = {};  // the balancer, when it has said so
};

// The client's address as `speaker`, a host that we trust with it, has stated it. Loopback is each host's
// own: another machine cannot mean ours, which [relay] hosts has by default. So it is unknown then.
IpAddress believed(const IpAddress& stated, const IpAddress& speaker);

class ClientIdentity {
public:
    explicit ClientIdentity(const ConnectionEnds& ends) : origin_(ends), now_(ends) {}

    const Endpoint& client() const { return now_.client; }  // 0.0.0.0: it has no address that is known
    const Endpoint& server() const { return now_.server; }
    const std::optional<Endpoint>& proxy() const { return origin_.proxy; }
    // Of its address, as XCLIENT states it or as it was learned; empty: not known.
    const std::string& name() const { return name_.empty() ? learned_name_ : name_; }

    // As it came: whoever may say XCLIENT is asked by this one, however often it has been said.
    const Endpoint& origin() const { return origin_.client; }

    // By XCLIENT. From now on the host that said so speaks for another and is never itself again: what it
    // does not state and has not stated before is unknown.
    void restate(const XclientStatement& statement);
    // What the DNS confirms, of this client alone.
    void learn_name(std::string name) { learned_name_ = std::move(name); }

    // What may decide on relaying. A certificate is the host's with which TLS was spoken: once it speaks for
    // another it is nobody's.
    RelayClient relay_client(bool is_authenticated, bool shows_accepted_certificate) const {
        return {now_.client.address, is_authenticated, shows_accepted_certificate && !is_restated_};
    }

private:
    ConnectionEnds origin_, now_;
    std::string name_, learned_name_;
    bool is_restated_ = false;
};

}  // namespace cursus
