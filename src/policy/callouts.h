// Callouts: whether the mail host of an address takes mail for it, asked there, remembered and kept within
// bounds. What a rule can know of a sender's or a recipient's mailbox on another host before it takes the
// message.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/callout_cache.h"
#include "policy/callout_limits.h"
#include "policy/callout_target.h"
#include "runtime/event.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr std::size_t callout_waiting_max = 1000;  // for one callout that is under way

// Outlives versions of the configuration. Any reactor of the world: a callout's connection lives on that of
// the task that asks.
class Callouts {
public:
    Callouts(World& world, const CalloutSettings& settings);
    // From now on. What is remembered stays, unless the number of entries changes.
    void adopt(const CalloutSettings& settings);

    // From memory, or by a dialogue that ends [callout] timeout after this call, if DNS has answered until
    // then. Tasks that ask the same at one time share it. A null sender has no mailbox: it cannot be asked
    // about.
    Task<CalloutAnswer> ask(const CalloutTargets& targets, Mailbox address, CalloutSubject subject);
    // From memory alone.
    std::optional<CalloutAnswer> peek(const CalloutTargets& targets, const Mailbox& address,
                                      CalloutSubject subject, Instant now);

private:
    struct Waiter {
        Signal decided;
        CalloutAnswer answer;
    };
    class Asking;
    // What whoever asks has to do.
    enum class Turn : std::uint8_t { Done, Wait, Ask };

    Turn enter(const CalloutKey& key, CalloutOwner owner, Waiter& waiter, Instant now);
    void leave(const CalloutKey& key, CalloutOwner owner, const CalloutFinding& finding, Instant now);
    Task<CalloutFinding> find_out(const CalloutTargets& targets, Destination destination, Mailbox address,
                                  bool tells_apart);
    std::optional<Mailbox> nobody_like(const Mailbox& address);
    bool tells_apart(const CalloutKey& key, Instant now);

    World& world_;
    std::mutex mutex_;
    CalloutSettings settings_;  // all of it under mutex_
    std::unique_ptr<CalloutCache> cache_;
    CalloutLimits limits_;
    std::unordered_map<std::string, std::vector<Waiter*>> under_way_;  // by key; waiters on their frames
};

}  // namespace cursus
