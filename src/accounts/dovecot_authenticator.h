// Dovecot checks who somebody is: the whole exchange is its own, and passes through.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "accounts/authenticator.h"
#include "config/settings.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr Duration dovecot_greeting_time_max = std::chrono::seconds{5};
inline constexpr Duration dovecot_answer_time_max = std::chrono::seconds{30};  // it lets failures wait
// How long what it offers is taken as known, and how soon it is asked again when it was silent.
inline constexpr Duration dovecot_look_interval = std::chrono::minutes{1},
                          dovecot_retry_interval = std::chrono::seconds{5};

// Each exchange has a connection of its own, on the reactor of the session: a login is rare beside what it
// costs to compare a password, and nothing is shared that one exchange could hold up for others.
class DovecotAuthenticator final : public Authenticator {
public:
    // Both outlive it, and its exchanges do not.
    DovecotAuthenticator(World& world, const AuthSettings& settings);

    // Until Dovecot has once been heard: PLAIN, which it is hardly ever without. A client that tries is then
    // told to come back.
    std::vector<Mechanism> offered(const LoginScene& scene) const override;
    Task<void> refresh() override;
    std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene scene) override;

    // ---- for exchanges: what a greeting has said
    void learn(const std::vector<Mechanism>& mechanisms);
    const std::string& path() const { return settings_.users.what; }
    World& world() const { return world_; }

private:
    bool must_look(Instant now);

    World& world_;
    const AuthSettings& settings_;
    mutable std::mutex mutex_;
    std::vector<Mechanism> known_{Mechanism::Plain};
    Instant next_look_;
};

}  // namespace cursus
