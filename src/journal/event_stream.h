// From the stages that emit to the readers that show: bounded, in order, never in anyone's way.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "mail/events.h"
#include "runtime/reactor.h"

namespace cursus {

class EventReader {
public:
    virtual ~EventReader() = default;
    // From one thread at a time; may block on its own output, never for long.
    virtual void read(std::span<const MailEvent> events) = 0;
};

class EventStream final : public EventSink {
public:
    // What comes within this time is read together, so that a busy host's readers are woken a few dozen times
    // a second and not for every message.
    static constexpr Duration gathering = std::chrono::milliseconds{20};

    // `home` keeps the time; it and the readers outlive the stream. What is emitted while `events_max` wait
    // is counted and dropped; the readers are told how many by a Trouble event.
    EventStream(Reactor& home, Offload& offload, std::vector<EventReader*> readers,
                std::size_t events_max = 1 << 16);
    void emit(MailEvent event) noexcept override;
    std::uint64_t dropped() const { return dropped_total_.load(std::memory_order_relaxed); }
    Task<void> drained();  // once everything emitted before the call has been read; for an orderly end

private:
    void gather();
    void drain();
    void pass_on(std::vector<MailEvent> events, std::uint64_t dropped);

    Reactor& home_;
    Offload& offload_;
    std::vector<EventReader*> readers_;
    std::size_t events_max_;
    std::mutex mutex_;
    std::vector<MailEvent> waiting_;
    std::vector<std::function<void()>> at_drained_;
    std::uint64_t dropped_ = 0;
    bool is_gathering_ = false;  // from an event that found nothing waiting to a drain that finds nothing
    std::atomic<std::uint64_t> dropped_total_ = 0;
};

}  // namespace cursus
