// The messages the home reactor has in memory: those with a recipient in a window, leased or being settled,
// those whose reports are out, and nothing else. Home reactor only, but for Arrivals.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "queue/body.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {

// What one taker holds. `open` counts the recipients that are neither settled nor given back.
struct Lease {
    std::atomic<std::uint32_t> open = 0;
};

enum class RecipientPhase : std::uint8_t {
    Waiting,   // in its destination's window
    Leased,    // a taker has it
    Settling,  // a change of it is on its way into the store
};

struct LiveRecipient {
    RecipientRecord record;
    RecipientPhase phase = RecipientPhase::Waiting;
    std::shared_ptr<Lease> lease;  // Leased, and Settling that was leased
};

struct LiveMessage {
    MessageId id;
    std::shared_ptr<const Envelope> envelope;
    std::uint32_t pieces = 0;  // of the body, the head's included
    std::optional<StoredHead> head;
    std::shared_ptr<QueuedBody> body;
    std::map<std::uint32_t, LiveRecipient> recipients;  // those in memory, by number

    // Nothing is known of these in a message read from the store until counted (MessageTable::count).
    std::optional<std::uint64_t> unsettled;  // recipients
    std::optional<std::uint64_t> debts;      // owed reports
    std::optional<AgeEntry> age;             // its entry in the age index
    std::uint32_t recipients_made = 0;       // settled ones and those of expansions included

    std::uint32_t users = 0;           // reports that are out, changes on their way
    bool is_reserved = false;          // by a change during which nothing else of it may change
    std::optional<std::size_t> touch;  // its place in the transaction that is being made

    Lane lane() const { return lane_of(envelope->priority); }
    MessageRecord record() const { return {*envelope, pieces, recipients_made, head}; }
};
using LivePtr = std::shared_ptr<LiveMessage>;

// A message that was accepted, on its way from the reactor that took it to the home reactor. While its id is
// here whoever finds it in the store leaves it alone: it will be announced. Thread-safe.
class Arrivals {
public:
    void begin(MessageId id) {
        const std::lock_guard lock(mutex_);
        ids_.insert(id);
    }
    void end(MessageId id) {
        const std::lock_guard lock(mutex_);
        ids_.erase(id);
    }
    bool has(MessageId id) const {
        const std::lock_guard lock(mutex_);
        return ids_.contains(id);
    }

private:
    mutable std::mutex mutex_;
    std::unordered_set<MessageId> ids_;
};

struct LoadError {
    bool is_lasting;   // what is stored cannot be read as what it should be; trying again will not help
    std::string what;  // for people
};
using Loaded = Result<LivePtr, LoadError>;  // null: there is no such message

class MessageTable {
public:
    explicit MessageTable(BodyNeeds body_needs) : body_needs_(std::move(body_needs)) {}

    LivePtr find(MessageId id) const;
    bool is_busy(const RecipientKey& recipient) const;  // leased or being settled

    void add(LivePtr message) { messages_.emplace(message->id, std::move(message)); }
    // In memory already, or read from the store. Whoever loads a message and adds nothing to it calls
    // drop_if_idle.
    Loaded load(MessageId id);
    // The recipient of a loaded message; read from the store, Waiting, when it is not in memory. Null: no
    // such one.
    Result<LiveRecipient*, LoadError> load(LiveMessage& message, std::uint32_t number);
    // The same for one whose record was read already.
    LiveRecipient& adopt(LiveMessage& message, std::uint32_t number, RecipientRecord record);
    // Fills in `unsettled` and `debts`. Before the first change of a message that was read from the store.
    Result<void, LoadError> count(LiveMessage& message);
    // Forgets it when nobody needs it any more.
    void drop_if_idle(const LivePtr& message);
    void clear() { messages_.clear(); }

    std::size_t size() const { return messages_.size(); }

private:
    Result<std::uint64_t, LoadError> count_keys(const std::string& prefix) const;

    BodyNeeds body_needs_;
    std::unordered_map<MessageId, LivePtr> messages_;
};

}  // namespace cursus
