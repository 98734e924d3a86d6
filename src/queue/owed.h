// Reports owed: who is to be told, each handed out to one teller at a time. Home reactor only.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "queue/core.h"
#include "queue/ledger.h"
#include "queue/settler.h"

namespace cursus {

class OwedReports {
public:
    static constexpr std::size_t known_max = 1'000;  // in memory; more are read from the store in their turn

    OwedReports(Core& core, MessageTable& messages, Ledger& ledger, Settler& settler)
        : core_(core), messages_(messages), ledger_(ledger), settler_(settler) {}

    void is_in_store(const OwedKey& debt);  // a new one
    Task<std::optional<OwedReport>> next();
    Task<Result<MessageId, QueueError>> pay(const OwedReport& debt, Envelope envelope, NewRecipient to,
                                            std::string text);
    Task<Result<void, QueueError>> forgive(const OwedReport& debt);
    void given_up(const OwedKey& debt);  // unpaid: it comes again in a while
    void stop();

private:
    // A debt that is handed out, or set aside for a while.
    struct Out {
        LivePtr message;  // null: set aside
        bool is_being_cleared = false;
    };

    bool read_more();
    void take_up_again(Instant now);
    std::optional<OwedReport> open(const OwedKey& debt);
    void set_aside(const OwedKey& debt, const LoadError& error);
    Task<bool> clear(const OwedReport& debt, std::unique_ptr<Transaction> transaction);

    Core& core_;
    MessageTable& messages_;
    Ledger& ledger_;
    Settler& settler_;
    std::deque<OwedKey> known_;  // in the order of their turn
    std::optional<OwedKey> unknown_from_ =
        OwedKey{};  // from here on the store may hold some that memory does not know
    std::map<OwedKey, Out> out_;
    std::multimap<Instant, OwedKey> later_;  // set aside until then
    Event changed_;
    bool is_stopping_ = false;
};

}  // namespace cursus
