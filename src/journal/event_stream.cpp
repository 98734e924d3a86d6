#include "journal/event_stream.h"

#include <fmt/format.h>
#include <utility>

#include "runtime/event.h"
#include "runtime/run_later.h"

namespace cursus {

EventStream::EventStream(Reactor& home, Offload& offload, std::vector<EventReader*> readers,
                         std::size_t events_max)
    : home_(home), offload_(offload), readers_(std::move(readers)), events_max_(events_max) {}

void EventStream::emit(MailEvent event) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= events_max_) {
            ++dropped_;
            return;
        }
        waiting_.push_back(std::move(event));
        if (std::exchange(is_gathering_, true)) return;
    }
    gather();
}

void EventStream::gather() {
    run_later(home_.executor(), [this] {
        home_.clock().call_at(home_.clock().now() + gathering, [this] { offload_.run([this] { drain(); }); });
    });
}

// Runs on the pool, one at a time.
void EventStream::drain() {
    std::vector<MailEvent> events;
    std::vector<std::function<void()>> reached;
    std::uint64_t dropped = 0;
    {
        const std::lock_guard lock(mutex_);
        events.swap(waiting_);
        dropped = std::exchange(dropped_, 0);
        if (events.empty()) {
            is_gathering_ = false;
            reached.swap(at_drained_);
        }
    }
    for (auto& tell : reached) tell();
    if (events.empty()) return;
    pass_on(std::move(events), dropped);
    gather();
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
        if (!is_gathering_) co_return;
        at_drained_.push_back([&reached] { reached.set(); });
    }
    co_await reached.wait();
}

}  // namespace cursus
