// What becomes of recipients, as changes of the store: every way a recipient's record ends or moves is here
// and nowhere else. Home reactor only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queue/core.h"
#include "queue/messages.h"
#include "queue/schedule.h"

namespace cursus {

// Changes of one batch, and what is to happen in memory once it is kept.
struct Transaction {
    struct Touched {
        LivePtr message;
        OwedRecord failed, delayed, relayed;  // owed to its sender
    };
    struct Ended {
        LivePtr message;
        std::uint32_t number;
        bool comes_again;  // as its record in memory says
    };

    Batch batch;
    std::vector<MailEvent> events;
    std::vector<Touched> touched;
    std::vector<Ended> ended;
    std::vector<OwedKey> new_debts;
    std::vector<DueEntry> new_work;
    std::vector<AgeEntry> new_looks;
    std::optional<WallTime> hold_ends;  // the first of those that begin
    bool changes_holds = false;
    std::size_t recipients = 0;  // changed or told of
};

struct FailedAs {
    std::string why;  // for the log
    std::optional<LastAnswer> answer;
};

enum class Warning : std::uint8_t {
    Usual,
    Overdue,  // RFC 2852 §4.1.3: the time to deliver it by has passed
};

class Ledger {
public:
    Ledger(Core& core, MessageTable& messages, Schedule& schedule)
        : core_(core), messages_(messages), schedule_(schedule) {}
    // Told of what others have to look at, once it is kept.
    struct Listeners {
        std::function<void(const OwedKey&)> debt;
        std::function<void(const AgeEntry&)> look;                // a message is to be looked at for its age
        std::function<void(std::optional<WallTime>)> quarantine;  // it has changed; the earliest new end
    };
    void tell(Listeners listeners) { listeners_ = std::move(listeners); }

    // Each changes one recipient that is in memory and not Settling; it is Settling from then on, until
    // finish().
    void delivered(Transaction& transaction, const LivePtr& message, std::uint32_t number);
    void relayed(Transaction& transaction, const LivePtr& message, std::uint32_t number, LastAnswer answer);
    void failed(Transaction& transaction, const LivePtr& message, std::uint32_t number, FailedAs as);
    // Too old, or the time has passed by which its sender wants it delivered or returned.
    void expired(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                 std::optional<LastAnswer> answer);
    // Due again by [retry]; fails instead when the message is too old.
    void deferred(Transaction& transaction, const LivePtr& message, std::uint32_t number, LastAnswer answer);
    void removed(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                 const std::string& by);
    // Its branches take its place, those that fail at once excepted.
    void expanded(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                  std::vector<Branch> branches);
    // Due until now.
    void held(Transaction& transaction, const LivePtr& message, std::uint32_t number, Hold hold);
    // Held until now. The caller reserves the message until the transaction has ended.
    void released(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                  const std::string& by);
    void hold_expired(Transaction& transaction, const LivePtr& message, std::uint32_t number);
    void due_now(Transaction& transaction, const LivePtr& message, std::uint32_t number);
    // One recipient's part of a warning; it stays as it is.
    void delayed(Transaction& transaction, const LivePtr& message, const RecipientRecord& record,
                 const std::optional<LastAnswer>& answer, Warning warning);
    // The message's age entry moves on, or goes: then nobody is left who grows old.
    void aged(Transaction& transaction, const LivePtr& message, const AgeEntry& from,
              const std::optional<AgeEntry>& to);
    // Those by [retry], if it has any.
    static void forget_usual_ages(Transaction& transaction, const LiveMessage& message);
    // Nothing changes but what is left of a message without recipients.
    void tidy(Transaction& transaction, const LivePtr& message) { touch(transaction, message); }
    void debt_cleared(Transaction& transaction, const LivePtr& message, const OwedKey& debt);

    // After the last change and before the write: what is owed now, and the end of messages that are done.
    void conclude(Transaction& transaction);
    // After the write.
    void finish(Transaction& transaction);
    // The write never happened and never will: memory lets go, the store is as it was.
    void abandon(Transaction& transaction);

    WallTime retry_at(std::uint32_t failures) const;
    WallTime give_up_at(const LiveMessage& message, const RecipientRecord& record) const;

private:
    Transaction::Touched& touch(Transaction& transaction, const LivePtr& message);
    LiveRecipient& begin(Transaction& transaction, const LivePtr& message, std::uint32_t number);
    void erase(Transaction& transaction, const LivePtr& message, std::uint32_t number);
    void move(Transaction& transaction, const LivePtr& message, std::uint32_t number, WallTime due);
    void put(Transaction& transaction, const LiveMessage& message, std::uint32_t number,
             const std::string& index_before);
    void look(Transaction& transaction, const LiveMessage& message);
    void branch_off(Transaction& transaction, LiveMessage& message, std::uint32_t parent, Branch branch);
    void owe(Transaction& transaction, LiveMessage& message, OwedRecord& record,
             const std::optional<ReversePath>& sender, OwedRecipient recipient);
    void put_debt(Transaction& transaction, LiveMessage& message, OwedRecord& record);
    static void erase_age(Transaction& transaction, const LiveMessage& message);
    void erase_message(Transaction& transaction, const LiveMessage& message);
    void note(Transaction& transaction, const LiveMessage& message, EventBody body);
    void let_go(Transaction& transaction);

    Core& core_;
    MessageTable& messages_;
    Schedule& schedule_;
    Listeners listeners_;
};

}  // namespace cursus
