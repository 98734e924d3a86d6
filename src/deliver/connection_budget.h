// How many connections there may be in all, shared so that neither the dead nor the busy can take them from
// the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

enum class Claim : std::uint8_t {
    Probe,    // the one connection to a site that failed last time: a quarter of the total at most
    First,    // the first connection of a site nothing is known against
    Further,  // another connection to a site that has one: leaves a quarter of the total to the others
};

// From any thread.
class ConnectionBudget {
public:
    explicit ConnectionBudget(std::size_t total) : total_(total) {}

    // Waits for room, first come first served within a kind; false: closed. Given back by give_back().
    Task<bool> take(Claim claim);
    bool try_take(Claim claim);
    void give_back(Claim claim);
    void close();  // nobody waits any longer, nothing more is given
    std::size_t used() const;

private:
    struct Waiter {
        Signal decided;
        bool is_granted = false;
    };
    bool has_room(Claim claim) const;
    void count(Claim claim);
    Waiter* next_waiter();

    mutable std::mutex mutex_;
    std::size_t total_;
    std::size_t used_ = 0, probes_ = 0;
    bool is_closed_ = false;
    std::deque<Waiter*> probing_, first_;
};

}  // namespace cursus
