// Looking at the queue, and an operator's hand in it: bounded steps over the store. Home reactor only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "queue/core.h"
#include "queue/ledger.h"
#include "queue/settler.h"

namespace cursus {

class Browse {
public:
    static constexpr std::size_t records_per_step = 200;        // looked at, matching or not
    static constexpr std::size_t summary_entries_max = 50'000;  // counted in one call, over all destinations

    Browse(Core& core, MessageTable& messages, Schedule& schedule, Ledger& ledger, Settler& settler)
        : core_(core), messages_(messages), schedule_(schedule), ledger_(ledger), settler_(settler) {}

    Result<ListPage, QueueError> list(const QueueFilter& filter, std::string_view from, std::size_t limit);
    Result<std::vector<DestinationSummary>, QueueError> summary(std::size_t destinations_max);
    Task<Result<Queue::Step, QueueError>> retry_now(QueueFilter filter, std::string from);
    Task<Result<Queue::Step, QueueError>> remove(QueueFilter filter, std::string from, std::string by);
    Task<Result<Queue::Step, QueueError>> hold(QueueFilter filter, std::string from, Hold hold);
    Task<Result<Queue::Step, QueueError>> release(QueueFilter filter, std::string from, std::string by);
    Result<std::optional<StoredMessage>, QueueError> message(MessageId id);

private:
    struct Match {
        RecipientKey key;
        RecipientRecord record;
        std::shared_ptr<const Envelope> envelope;
    };
    struct Page {
        std::vector<Match> matches;
        std::string next;
    };
    // Where a step of the walk goes: over recipient records, one destination's due index, or all that is
    // held.
    struct Range {
        std::string from, to;
        std::string next;  // where the walk goes on behind `to`; empty: nowhere
        bool is_index = false;
    };
    class Envelopes;

    Result<std::vector<std::string>, QueueError> prefixes_of(const QueueFilter& filter) const;
    Result<Range, QueueError> range_of(const QueueFilter& filter, std::string_view from) const;
    Result<Page, QueueError> walk(const QueueFilter& filter, std::string_view from, std::size_t limit);
    Result<std::optional<Match>, QueueError> match(const QueueFilter& filter, const Range& range,
                                                   const Entry& entry, Envelopes& envelopes);
    // Whether the match was changed, or needed no change to be as wanted.
    using Change = std::function<Result<bool, QueueError>(Transaction&, const Match&)>;
    Task<Result<Queue::Step, QueueError>> change_matching(QueueFilter filter, std::string from,
                                                          Change change);
    Task<bool> write(std::unique_ptr<Transaction> transaction);
    bool is_any_reserved(const Page& page) const;
    bool can_be_changed(const RecipientKey& recipient) const;
    Result<LivePtr, QueueError> take(const Match& match);
    Result<DestinationSummary, QueueError> count(const Destination& destination, std::size_t entries_max);

    Core& core_;
    MessageTable& messages_;
    Schedule& schedule_;
    Ledger& ledger_;
    Settler& settler_;
};

}  // namespace cursus
