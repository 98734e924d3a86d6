// What takes long is done a few at a time, and only so many wait for it.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/event.h"
#include "runtime/task.h"

namespace cursus {

class Turns {
public:
    Turns(std::size_t at_once, std::size_t waiting_max) : free_(at_once), waiting_max_(waiting_max) {}

    // Given back when it is destroyed.
    class Turn {
    public:
        explicit Turn(Turns& turns) : turns_(&turns) {}
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_ != nullptr) turns_->release();
        }

    private:
        Turns* turns_;
    };
    // From any reactor, in order. Nothing: too many wait already.
    Task<std::optional<Turn>> take();

private:
    void release();

    std::mutex mutex_;
    std::size_t free_, waiting_max_;
    std::list<Signal*> waiting_;  // each on its task's frame
};

}  // namespace cursus
