// Every task belongs to a group, and every group is joined.
#pragma once

#include <cstddef>
#include <exception>

#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

// Runs tasks on one reactor. Must be used from that reactor only, and joined before it is destroyed
// (asserted). A task that throws ends the program: an exception means that something cannot go on.
class TaskGroup {
public:
    explicit TaskGroup(Executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(Task<void> task);
    std::size_t running() const { return running_; }
    Task<void> join();  // returns once no task runs; tasks may be spawned until then

private:
    void finished(const std::exception_ptr& error);
    Executor executor_;
    std::size_t running_ = 0;
    Event idle_;
};

// Runs `task` on another reactor and resumes here when it has ended.
Task<void> run_on(Executor executor, Task<void> task);

}  // namespace cursus
