// The one place where a task gives up its thread without I/O: everything else in runtime/ is built on it.
#pragma once

#include <functional>

#include "runtime/task.h"

namespace cursus {

// Suspends the calling task and hands `arrange` a function that resumes it: to be called exactly once, from
// any thread; the task goes on from its own reactor's loop, never inside the call. `arrange` runs before this
// returns to the loop. A resume that is destroyed uncalled destroys the task with it.
using Resume = std::move_only_function<void()>;
Task<void> suspend(std::move_only_function<void(Resume)> arrange);

}  // namespace cursus
