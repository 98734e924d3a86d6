// The client's side of the mechanisms of SASL that a password serves, RFC 4422. Only computes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/mechanism.h"
#include "runtime/stream.h"

namespace cursus {

// As whom we log in.
struct LoginAs {
    std::string username, password;
};

// RFC 5929 §3, RFC 9266: something that only the two ends of this TLS connection know.
inline bool can_bind_channel(const std::optional<TlsFacts>& tls) {
    return tls && !(tls->exporter.empty() && tls->unique.empty());
}

// What a peer offers, and what may be used of it.
struct MechanismChoice {
    std::vector<std::string> offered;  // in upper case
    std::vector<Mechanism> wanted;     // empty: any
    bool may_show_secret = false;      // nobody listens in
    bool can_bind_channel = false;
};
// The best that a password serves.
std::optional<Mechanism> choose_mechanism(const MechanismChoice& choice);

// RFC 5802 §5.1 has 4096 at least: fewer make it cheap to guess the password from what is said. More than the
// most would keep this program busy at the peer's wish.
inline constexpr std::uint32_t peer_iterations_min = 4096, peer_iterations_max = 200'000;

class SaslClient {
public:
    // `tls`: the connection that a mechanism of -PLUS is bound to.
    SaslClient(Mechanism mechanism, const LoginAs& who, const std::optional<TlsFacts>& tls);
    ~SaslClient();
    SaslClient(const SaslClient&) = delete;
    SaslClient& operator=(const SaslClient&) = delete;

    bool speaks_first() const;  // has something to say before the server does
    // What to say to a challenge, both in base64 (RFC 4648 §4); "" before the first. The error is for people,
    // and says nothing secret.
    Result<std::string, std::string> answer(const std::string& challenge);
    // All is said, and the server has proven what it must: with SCRAM, that it knows the password too
    // (RFC 5802 §3).
    bool is_satisfied() const { return is_satisfied_; }

private:
    struct State;
    Mechanism mechanism_;
    std::unique_ptr<State> state_;
    bool is_satisfied_ = false;
};

}  // namespace cursus
