// Whether the queue takes new mail, as its store, its file system and its memory see it. Thread-safe.
#pragma once

#include <mutex>
#include <string>

#include "mail/events.h"
#include "queue/queue.h"

namespace cursus {

class Health {
public:
    Health(Store& store, Clock& clock, EventSink& events, std::uint64_t min_free_bytes)
        : store_(store), clock_(clock), events_(events), min_free_bytes_(min_free_bytes) {}

    // May a message begin? While the store fails one may each second, to find out whether it still does.
    Result<void, QueueError> may_begin();

    void store_worked();
    void store_failed(const StoreError& error);
    void memory_is_short(bool is_short);

private:
    void look_at_space(Instant now);
    void announce();

    Store& store_;
    Clock& clock_;
    EventSink& events_;
    const std::uint64_t min_free_bytes_;

    std::mutex mutex_;
    std::optional<StoreError> failure_;  // of the last write, until one works
    Instant next_probe_{};
    std::optional<Instant> space_seen_;
    bool is_space_short_ = false;
    bool is_memory_short_ = false;
    std::optional<Instant> pressure_ends_;
    std::string announced_ = "accepting";
};

}  // namespace cursus
