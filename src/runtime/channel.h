// A bounded queue between tasks of one reactor.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "runtime/event.h"

namespace cursus {

template <class T>
class Channel {
public:
    explicit Channel(std::size_t capacity) : capacity_(capacity) {}

    // Waits for room; false when the channel is closed, in which case the value is dropped.
    Task<bool> push(T value) {
        while (items_.size() >= capacity_ && !closed_) co_await room_.wait();
        if (closed_) co_return false;
        items_.push_back(std::move(value));
        if (items_.size() >= capacity_) room_.reset();
        filled_.set();
        co_return true;
    }
    bool try_push(T value) {
        if (closed_ || items_.size() >= capacity_) return false;
        items_.push_back(std::move(value));
        if (items_.size() >= capacity_) room_.reset();
        filled_.set();
        return true;
    }
    // Waits for an item; nullopt once the channel is closed and empty.
    Task<std::optional<T>> pop() {
        while (items_.empty() && !closed_) co_await filled_.wait();
        if (items_.empty()) co_return std::nullopt;
        T value = std::move(items_.front());
        items_.pop_front();
        if (items_.empty() && !closed_) filled_.reset();
        room_.set();
        co_return value;
    }
    void close() {
        closed_ = true;
        filled_.set();
        room_.set();
    }
    std::size_t size() const { return items_.size(); }

private:
    std::size_t capacity_;
    std::deque<T> items_;
    bool closed_ = false;
    Event filled_;
    Event room_;
};

}  // namespace cursus
