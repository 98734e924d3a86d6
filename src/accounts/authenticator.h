// Who may log in, as a session asks it: an exchange of SASL, RFC 4422, one step after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ip.h"
#include "mail/mechanism.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace cursus {

// The connection an exchange belongs to. Nothing a client merely says is in here.
struct LoginScene {
    std::string service;      // the listener's name
    Endpoint client, server;  // unspecified for a local socket
    Endpoint peer;  // the socket's other end: a balancer's, or that of whoever speaks for the client
    std::optional<TlsFacts> tls;  // none: what is said goes over the wire in the clear
    bool has_accepted_certificate = false;
};

inline constexpr std::size_t account_octets_max = 255;
inline constexpr std::size_t sasl_octets_max = 12 * 1024;  // of one step, decoded; RFC 4954 §4

enum class SaslRefusal : std::uint8_t {
    Wrong,        // no such account, wrong password, a bad proof, an account that may not: 535, all alike
    Malformed,    // not what the mechanism says: 501
    Unavailable,  // the store gives no answer now: 454, and no failure of the client's
};
struct SaslFailure {
    SaslRefusal refusal = SaslRefusal::Wrong;
    std::string account =
        {};                // whom the client claims to be, empty while that is not known; may hold anything
    std::string why = {};  // for events: what a client is not told
};
struct SaslSuccess {
    std::string account;         // as its store calls it: 1 to account_octets_max octets, no controls
    std::string last_word = {};  // what the server still has to say with it (SCRAM); sent as a last challenge
    std::string claimed = {};    // the name that was given, where the store may call it by another
};
struct SaslChallenge {
    std::string octets;  // may be empty
    // The attempt has failed already, and this tells the client why (RFC 7628 §3.2.3): whatever it answers.
    std::optional<SaslFailure> failure = {};
};
using SaslStep = std::variant<SaslChallenge, SaslSuccess, SaslFailure>;

// One attempt. Destroyed at any time: a client that cancels is gone.
class SaslExchange {
public:
    virtual ~SaslExchange() = default;
    // What the client said, decoded. In all mechanisms but LOGIN the client speaks first, and the first call
    // is what it said; in LOGIN the server does, and the first call is empty where the client gave no initial
    // response. Not called again after anything but a challenge.
    virtual Task<SaslStep> step(std::string response) = 0;
};

class Authenticator {
public:
    virtual ~Authenticator() = default;
    // Those that the store can serve in that scene, the best first: to be offered, and no others. Never one
    // that shows a secret to whoever listens in. From any reactor.
    virtual std::vector<Mechanism> offered(const LoginScene& scene) const = 0;
    // Brings that up to date, in a short and limited time: to be awaited before an offer is made.
    virtual Task<void> refresh() { co_return; }
    // One of offered(). The exchange lives on the calling reactor.
    virtual std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene scene) = 0;
};

}  // namespace cursus
