// Work handed from one reactor (or any thread) to another, and the question which one a task runs on.
#pragma once

#include <functional>

#include "runtime/reactor.h"
#include "runtime/task.h"

namespace cursus {

// Runs `work` from the executor's loop, never inside this call. From any thread; in the order of the calls.
void run_later(const Executor& executor, std::move_only_function<void()> work);

// Goes on when all that is ready now on this reactor has had its turn: for work that is long in coming to an
// end.
Task<void> let_others_run();

// The executor of the reactor the calling task runs on.
Task<Executor> this_executor();

}  // namespace cursus
