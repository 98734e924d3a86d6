// Brings results to the queue in the background, so that a connection goes on with its next message
// meanwhile. What comes in while one batch is being kept makes the next.
#pragma once

#include <functional>
#include <vector>

#include "deliver/job.h"
#include "mail/events.h"
#include "queue/queue.h"
#include "runtime/event.h"

namespace cursus {

class Settling {
public:
    using Settle = std::function<Task<void>(std::vector<Settlement>)>;
    using Done = std::function<void(std::vector<Taken>)>;

    // `done` is called with works that are wholly settled, after the sync.
    Settling(Settle settle, EventSink& events, Done done)
        : settle_(std::move(settle)), events_(events), done_(std::move(done)) {}

    void add(Settlement settlement) {
        pending_.settlements.push_back(std::move(settlement));
        wake_.set();
    }
    // Emitted once what was added before is kept.
    void then_emit(MailEvent event) {
        pending_.events.push_back(std::move(event));
        wake_.set();
    }
    // Of this work everything has been added.
    void finish(std::vector<Taken> taken);

    Task<void> run();  // until stop() and everything is kept
    void stop() {
        is_stopping_ = true;
        wake_.set();
    }

private:
    struct Batch {
        std::vector<Settlement> settlements;
        std::vector<MailEvent> events;
        std::vector<Taken> finished;
    };
    bool is_idle() const;

    Settle settle_;
    EventSink& events_;
    Done done_;
    Batch pending_;
    Event wake_;
    bool is_stopping_ = false;
};

}  // namespace cursus
