// What every part of the queue works with, whichever reactor it runs on.
#pragma once

#include <memory>

#include "queue/committer.h"
#include "queue/health.h"
#include "queue/inbox.h"
#include "queue/lifetimes.h"
#include "queue/memory_budget.h"
#include "queue/messages.h"
#include "queue/queue.h"

namespace cursus {

// Shared by the queue and by what it gave out: intakes, bodies, leases.
struct Core {
    explicit Core(const QueueNeeds& its_needs)
        : needs(its_needs),
          home(*needs.world.reactors.front()),
          lifetimes(needs.settings),
          health(std::make_shared<Health>(needs.store, home.clock(), needs.events,
                                          needs.settings.queue.min_free)),
          budget(std::make_shared<MemoryBudget>(
              needs.settings.limits.memory,
              [health = health](bool is_short) { health->memory_is_short(is_short); })),
          committer(std::make_shared<Committer>(needs.store, *health, home.executor(), home.clock())),
          inbox(std::make_shared<Inbox>(home.executor())) {}

    BodyNeeds body_needs() const { return {needs.store, needs.world.offload, budget}; }
    WallTime wall_now() const { return home.clock().wall_now(); }  // any thread
    std::uint64_t new_id() { return ids.next(wall_now()); }        // any thread
    void emit(MailEvent event) { needs.events.emit(std::move(event)); }

    QueueNeeds needs;
    Reactor& home;
    Lifetimes lifetimes;
    std::shared_ptr<Health> health;
    std::shared_ptr<MemoryBudget> budget;
    std::shared_ptr<Committer> committer;
    std::shared_ptr<Inbox> inbox;
    Arrivals arrivals;
    IdMaker ids{IdKind::Message};
};

}  // namespace cursus
