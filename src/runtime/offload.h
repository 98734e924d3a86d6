// co_await offload(pool, work): runs `work` on the pool and resumes on the caller's reactor with what it
// returned.
#pragma once

#include <utility>

#include "runtime/completion.h"
#include "runtime/reactor.h"

namespace cursus {

template <class Work>
Task<std::invoke_result_t<Work>> offload(Offload& pool, Work work) {
    Completion<std::invoke_result_t<Work>> completion;
    pool.run([&completion, &work] { completion.complete(work()); });
    co_return co_await completion.wait();
}

}  // namespace cursus
