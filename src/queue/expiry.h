// Messages grow old: a warning to the sender after warn_after, the end after give_up_after, of [retry] or of
// a recipient's own [[domain]]. Walks the age index in bounded pages. Home reactor only.
#pragma once

#include <array>
#include <memory>
#include <set>

#include "queue/core.h"
#include "queue/ledger.h"
#include "queue/settler.h"

namespace cursus {

class Expiry {
public:
    static constexpr std::size_t page = 64;                     // messages in one batch, at most
    static constexpr std::size_t recipients_per_batch = 1'000;  // about

    Expiry(Core& core, MessageTable& messages, Schedule& schedule, Ledger& ledger, Settler& settler)
        : core_(core), messages_(messages), schedule_(schedule), ledger_(ledger), settler_(settler) {}

    void is_in_store(const AgeEntry& entry);  // a new one
    Task<void> run();                         // until stop()
    void stop();

private:
    using Recipients = std::vector<std::pair<std::uint32_t, RecipientRecord>>;  // by number
    enum class Outcome : std::uint8_t {
        Done,
        Later
    };  // Later: somebody is at work on it, or it cannot be read now

    // What was found of a message's recipients.
    struct Survey {
        bool are_usual = true;                 // none has times of its own
        bool is_held_up = false;               // some were to be given up, and somebody is at work on them
        bool is_in_quarantine = false;         // some are, and have no times
        WallTime next_look = WallTime::max();  // for those that are left, except the held up ones
    };

    Task<void> walk(AgeStage stage);
    Task<void> write(std::unique_ptr<Transaction> transaction);
    Outcome look_at(Transaction& transaction, const AgeEntry& entry);
    Outcome look_at(Transaction& transaction, const AgeEntry& entry, const LivePtr& message);
    Survey survey(Transaction& transaction, const AgeEntry& entry, const LivePtr& message,
                  Recipients recipients);
    void warn(Transaction& transaction, const LivePtr& message, std::uint32_t number,
              const RecipientRecord& record, Warning warning);
    bool give_up(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                 RecipientRecord record);
    void move_on(Transaction& transaction, const AgeEntry& from, const std::optional<AgeEntry>& to,
                 const LivePtr& message);
    Result<Recipients, LoadError> recipients_of(MessageId message) const;
    std::optional<LastAnswer> last_answer(const RecipientRecord& record);
    Outcome unreadable(MessageId message, const LoadError& error);
    WallTime due(const AgeEntry& entry) const;
    void look_no_later_than(AgeStage stage, WallTime when);

    Core& core_;
    MessageTable& messages_;
    Schedule& schedule_;
    Ledger& ledger_;
    Settler& settler_;
    std::array<WallTime, 3> next_look_{};  // by stage; nothing of it can be due before
    std::vector<LivePtr> reserved_;        // by the transaction that is being made
    std::set<MessageId> reported_;         // as unreadable, so that it is said once
    Event changed_;
    bool is_stopping_ = false;
};

}  // namespace cursus
