// A value that one thread will set and one task waits for.
#pragma once

#include <optional>

#include "runtime/event.h"

namespace cursus {

// Lives until wait() has returned AND complete() has returned: the waiter owns it on its frame, which is safe
// because the waiter is only resumed by a post that complete() makes as its last act.
template <class T>
class Completion {
public:
    void complete(T value) {
        value_.emplace(std::move(value));
        signal_.set();
    }
    Task<T> wait() {
        co_await signal_.wait();
        co_return std::move(*value_);
    }

private:
    std::optional<T> value_;
    Signal signal_;
};

}  // namespace cursus
