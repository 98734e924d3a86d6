// Where a session puts the messages it takes: the queue, seen through the one call that a session makes of
// it.
#pragma once

#include <memory>

#include "base/result.h"
#include "queue/queue.h"
#include "runtime/task.h"

namespace cursus {

// Called from any reactor. A session never learns more of the queue than this, so tests can refuse, fail and
// delay at every step without a store.
class Accepting {
public:
    virtual ~Accepting() = default;
    virtual Task<Result<std::unique_ptr<Intake>, QueueError>> begin() = 0;
};

class QueueAccepting : public Accepting {
public:
    explicit QueueAccepting(Queue& queue) : queue_(queue) {}
    Task<Result<std::unique_ptr<Intake>, QueueError>> begin() override { return queue_.begin(); }

private:
    Queue& queue_;
};

}  // namespace cursus
