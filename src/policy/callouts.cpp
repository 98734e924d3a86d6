#include "policy/callouts.h"

#include <utility>

#include "runtime/calling_reactor.h"

namespace cursus {

namespace {

constexpr std::size_t nobody_letters = 20;  // nobody has a mailbox of such a name by chance

CalloutAnswer not_asked(std::string why) {
    return {.why = std::move(why)};
}

}  // namespace

// Whoever asks does it for all who want to know. However it ends, its place is free again and nobody waits
// on.
class Callouts::Asking {
public:
    Asking(Callouts& callouts, const CalloutKey& key, CalloutOwner owner, const Clock& clock)
        : callouts_(callouts), key_(key), owner_(owner), clock_(clock) {}
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking() { callouts_.leave(key_, owner_, finding, clock_.now()); }

    CalloutFinding finding{.answer = not_asked("The callout came to no end")};

private:
    Callouts& callouts_;
    const CalloutKey& key_;
    const CalloutOwner owner_;
    const Clock& clock_;
};

Callouts::Callouts(World& world, const CalloutSettings& settings)
    : world_(world),
      settings_(settings),
      cache_(std::make_unique<CalloutCache>(settings)),
      limits_(settings) {}

void Callouts::adopt(const CalloutSettings& settings) {
    const std::lock_guard lock(mutex_);
    if (settings.entries != settings_.entries) cache_ = std::make_unique<CalloutCache>(settings);
    cache_->adopt(settings);
    limits_.adopt(settings);
    settings_ = settings;
}

std::optional<CalloutAnswer> Callouts::peek(const CalloutTargets& targets, const Mailbox& address,
                                            CalloutSubject subject, Instant now) {
    const auto target = targets.target_of(address, subject);
    if (!target) return std::nullopt;
    const CalloutKey key(target->destination, address);
    const std::lock_guard lock(mutex_);
    return cache_->find(key, now);
}

Task<CalloutAnswer> Callouts::ask(const CalloutTargets& targets, Mailbox address, CalloutSubject subject) {
    auto target = targets.target_of(address, subject);
    if (!target) co_return not_asked("It is an address of this host");
    const CalloutKey key(target->destination, address);
    Reactor* const here = co_await calling_reactor(world_);
    Waiter waiter;
    const Turn turn = enter(key, target->owner, waiter, here->clock().now());
    if (turn == Turn::Wait) co_await waiter.decided.wait();
    if (turn != Turn::Ask) co_return std::move(waiter.answer);
    Asking asking(*this, key, target->owner, here->clock());
    const bool is_known_to_tell = tells_apart(key, here->clock().now());
    asking.finding =
        co_await find_out(targets, std::move(target->destination), std::move(address), is_known_to_tell);
    co_return asking.finding.answer;
}

Callouts::Turn Callouts::enter(const CalloutKey& key, CalloutOwner owner, Waiter& waiter, Instant now) {
    const std::lock_guard lock(mutex_);
    if (auto known = cache_->find(key, now)) {
        waiter.answer = *std::move(known);
        return Turn::Done;
    }
    waiter.answer = not_asked("Too many callouts are made now");
    if (const auto found = under_way_.find(key.of_address); found != under_way_.end()) {
        if (found->second.size() == callout_waiting_max) return Turn::Done;
        found->second.push_back(&waiter);
        return Turn::Wait;
    }
    if (!limits_.take(owner, key.domain, now)) return Turn::Done;
    under_way_.try_emplace(key.of_address);
    return Turn::Ask;
}

void Callouts::leave(const CalloutKey& key, CalloutOwner owner, const CalloutFinding& finding, Instant now) {
    std::vector<Waiter*> waiting;
    {
        const std::lock_guard lock(mutex_);
        cache_->keep(key, finding, now);
        limits_.give_back(owner);
        const auto found = under_way_.find(key.of_address);
        waiting = std::move(found->second);
        under_way_.erase(found);
    }
    for (Waiter* const waiter : waiting) {
        waiter->answer = finding.answer;
        waiter->decided.set();  // it may be gone from now on
    }
}

bool Callouts::tells_apart(const CalloutKey& key, Instant now) {
    const std::lock_guard lock(mutex_);
    return cache_->tells_apart(key, now);
}

// Letters alone, so that no rule about the form of local parts refuses it. Nothing: beside a domain that
// fills a path alone (RFC 5321 §4.5.3.1.3) there is no room for a name that nobody has.
std::optional<Mailbox> Callouts::nobody_like(const Mailbox& address) {
    std::string name;
    for (std::size_t i = 0; i < nobody_letters; ++i)
        name += static_cast<char>('a' + static_cast<char>(world_.random.below(26)));
    auto nobody = Mailbox::make(std::move(name), address.host());
    if (!nobody) return std::nullopt;
    return *std::move(nobody);
}

Task<CalloutFinding> Callouts::find_out(const CalloutTargets& targets, Destination destination,
                                        Mailbox address, bool tells_apart) {
    Reactor* const here = co_await calling_reactor(world_);
    const Settings& settings = targets.settings();
    const Instant deadline = here->clock().now() + settings.callout.timeout;
    auto hosts = co_await targets.hosts(std::move(destination), world_.random);
    if (!hosts) co_return CalloutFinding{.answer = not_asked(std::move(hosts).error())};
    CalloutPlan plan{.hosts = *std::move(hosts),
                     .address = std::move(address),
                     .nobody = std::nullopt,
                     .own_name = settings.hostname ? settings.hostname->text() : "localhost",
                     .from = {settings.delivery.source_v4, settings.delivery.source_v6},
                     .deadline = deadline};
    if (!tells_apart) plan.nobody = nobody_like(plan.address);
    CalloutDialogue dialogue(*here, std::move(plan));
    co_return co_await dialogue.run();
}

}  // namespace cursus
