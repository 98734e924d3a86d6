// Who gets which work when. The truth is the due index in the store; this holds a bounded window of it and
// what has just arrived. Home reactor only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/committer.h"
#include "queue/destinations.h"
#include "queue/messages.h"
#include "queue/queue.h"

namespace cursus {

struct ScheduleNeeds {
    Store& store;
    Clock& clock;
    EventSink& events;
    MessageTable& messages;
    const Arrivals& arrivals;
    Committer& committer;
    Executor home;
    // Makes what keeps a taker's hold on these recipients: when it is destroyed they are given back.
    std::function<std::shared_ptr<void>(std::shared_ptr<Lease>, MessageId, std::vector<std::uint32_t>)> hold;
};

class Schedule {
public:
    static constexpr std::size_t refill_page = 200;   // entries read from the store at once
    static constexpr std::size_t fresh_max = 20'000;  // just accepted, in all windows
    static constexpr std::size_t fresh_per_destination_max = 10'000;

    explicit Schedule(ScheduleNeeds needs) : needs_(std::move(needs)) {}

    // A message whose acceptance has just been kept, all its recipients Waiting.
    void arrived(const LivePtr& message);
    // The store holds an entry here that memory may know nothing of.
    void is_in_store(const Destination& destination, Lane lane, const DuePosition& position);
    // A recipient is due again as its record says, Leased or Settling until now.
    void give_back(const LivePtr& message, std::uint32_t number);
    // A waiting recipient is not to be handed out: something else is being done with it.
    void withdraw(const RecipientRecord& record, Lane lane, const RecipientKey& recipient);

    Task<std::optional<Destination>> next_destination();
    std::optional<Work> take(const Destination& destination, std::size_t recipients_max);
    Task<Woken> wait_for_work(const Destination& destination, Instant deadline);
    void call_off(const Destination& destination);
    void release(const Destination& destination);
    void park(const Destination& destination, WallTime until, ParkedFor trouble);
    void unpark(const Destination& destination);
    void stop();

    const DestinationState* find(const Destination& destination) { return table_.find(destination); }
    DestinationTable& table() { return table_; }
    std::uint64_t leased() const { return leased_.load(std::memory_order_relaxed); }  // any thread
    std::uint64_t destinations() const {
        return destinations_.load(std::memory_order_relaxed);
    }  // any thread
    void note_settled() { leased_.fetch_sub(1, std::memory_order_relaxed); }

private:
    struct Choice {
        Lane lane;
        MessageId message;
        std::vector<DuePosition> positions;
    };

    WallTime wall_now() const { return needs_.clock.wall_now(); }
    void changed(DestinationState& state);
    void count_destinations() { destinations_.store(table_.size(), std::memory_order_relaxed); }
    bool enter(DestinationState& state, const LivePtr& message, std::uint32_t number, WallTime now);
    static void lower(DestinationState& state, Lane lane, const DuePosition& position);
    void forget_waiting(const LivePtr& message, std::uint32_t number);
    void close_window(DestinationState& state);
    bool refill(DestinationState& state, WallTime now);
    bool refill(DestinationState& state, Lane lane, DuePosition from, WallTime now);
    bool has_due_work(DestinationState& state, WallTime now);
    Choice choose(const DestinationState& state, std::size_t recipients_max) const;
    std::optional<Work> lease(DestinationState& state, const Choice& choice);
    void leave(DestinationState& state, Lane lane, const DuePosition& position);
    std::optional<Work> hand_over(const LivePtr& message, const std::vector<std::uint32_t>& numbers);
    void heal(DestinationState& state, const Choice& choice, const std::string& what);
    void trouble(const std::string& what);
    void back_off(DestinationState& state, const std::string& what);

    ScheduleNeeds needs_;
    DestinationTable table_;
    Event changed_;          // something may be ready earlier than thought
    std::size_t fresh_ = 0;  // in all windows
    bool is_stopping_ = false;
    std::atomic<std::uint64_t> leased_ = 0;
    std::atomic<std::uint64_t> destinations_ = 0;
};

}  // namespace cursus
