#include "journal/event_stream.h"

#include <fmt/format.h>
#include <utility>

#include "runtime/event.h"

namespace cursus {

EventStream::EventStream(Offload& offload, std::vector<EventReader*> readers, std::size_t events_max)
    : offload_(offload), readers_(std::move(readers)), events_max_(events_max) {}

void EventStream::emit(MailEvent event) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= events_max_) {
            ++dropped_;
            return;
        }
        waiting_.push_back(std::move(event));
        if (std::exchange(is_draining_, true)) return;
    }
    offload_.run([this] { drain(); });
}

// Runs on the pool, one at a time, until nothing waits.
void EventStream::drain() {
    std::vector<MailEvent> events;
    while (true) {
        std::vector<std::function<void()>> reached;
        std::uint64_t dropped = 0;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty()) {
                is_draining_ = false;
                reached.swap(at_drained_);
            } else {
                events.swap(waiting_);
            }
            dropped = std::exchange(dropped_, 0);
        }
        if (events.empty()) {
            for (auto& tell : reached) tell();
            return;
        }
        pass_on(std::exchange(events, {}), dropped);
    }
}

void EventStream::pass_on(std::vector<MailEvent> events, std::uint64_t dropped) {
    if (dropped != 0) {
        dropped_total_.fetch_add(dropped, std::memory_order_relaxed);
        events.push_back(
            {events.back().at,
             {},
             {},
             Trouble{"events",
                     fmt::format("{} events were not recorded: the readers are too slow", dropped)}});
    }
    for (auto* reader : readers_) reader->read(events);
}

Task<void> EventStream::drained() {
    Signal reached;
    {
        const std::lock_guard lock(mutex_);
        if (!is_draining_) co_return;
        at_drained_.push_back([&reached] { reached.set(); });
    }
    co_await reached.wait();
}

}  // namespace cursus
