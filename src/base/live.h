// A value that is replaced as a whole while others read it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace cursus {

// Thread-safe. Whoever has read it keeps what it was.
template <class T>
class Live {
public:
    explicit Live(std::shared_ptr<const T> value) : value_(std::move(value)) {}

    std::shared_ptr<const T> now() const {
        const std::scoped_lock lock(mutex_);
        return value_;
    }
    void replace(std::shared_ptr<const T> value) {
        const std::scoped_lock lock(mutex_);
        value_.swap(value);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
};

}  // namespace cursus
