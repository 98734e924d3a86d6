#include "queue/discovery.h"

#include "queue/layout.h"

namespace cursus {
namespace {

constexpr Duration again_after = std::chrono::minutes{1};

}  // namespace

Task<void> Discovery::run() {
    auto& clock = core_.home.clock();
    bool must_walk = true;
    while (!stopped_.is_set()) {
        if (must_walk) {
            schedule_.table().take_incomplete();
            const bool is_whole = co_await walk();
            must_walk = !is_whole;
        }
        co_await stopped_.wait_until(clock, clock.now() + again_after);
        if (schedule_.table().is_incomplete()) must_walk = true;
    }
}

// False when the store could not be read to the end.
Task<bool> Discovery::walk() {
    auto& clock = core_.home.clock();
    std::string from(due_prefix);
    const auto end = end_of_prefix(due_prefix);
    for (int step = 1; !stopped_.is_set(); ++step) {
        const auto first = core_.needs.store.scan(from, end, 1);
        if (!first) co_return false;
        if (first->empty()) co_return true;
        const auto entry = parse_due_key(first->front().key);
        if (entry) {
            schedule_.is_in_store(entry->destination, entry->lane, entry->position);
            from = end_of_prefix(lane_prefix(entry->destination, entry->lane));
        } else {
            from = after_key(first->front().key);
        }
        if (step % steps_per_turn == 0) co_await clock.sleep_until(clock.now());
    }
    co_return true;
}

void Discovery::stop() {
    stopped_.set();
}

}  // namespace cursus
