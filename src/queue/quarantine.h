// Holds end: what was held until now is removed, and nobody is told. Walks the index of the held, which is
// ordered by their ends, and counts it now and then. Home reactor only.
#pragma once

#include <atomic>
#include <optional>

#include "queue/core.h"
#include "queue/ledger.h"
#include "queue/settler.h"

namespace cursus {

class Quarantine {
public:
    static constexpr std::size_t page = 200;  // recipients in one batch, at most

    Quarantine(Core& core, MessageTable& messages, Ledger& ledger, Settler& settler)
        : core_(core), messages_(messages), ledger_(ledger), settler_(settler) {}

    void changed(std::optional<WallTime> new_end);  // the earliest, if a hold began that has one
    Task<void> run();                               // until stop()
    void stop();

    Result<HeldSummary, QueueError> summary() const;
    std::uint64_t counted() const { return counted_.load(std::memory_order_relaxed); }  // any thread

private:
    enum class Outcome : std::uint8_t { Done, Later };

    Task<void> end_holds();
    Outcome look_at(Transaction& transaction, const HeldEntry& entry);
    Outcome look_at(Transaction& transaction, const HeldEntry& entry, const LivePtr& message);
    void trouble(const RecipientKey& recipient, std::string what);
    Task<void> count();

    Core& core_;
    MessageTable& messages_;
    Ledger& ledger_;
    Settler& settler_;
    WallTime next_end_ = WallTime::min();  // nothing ends before
    bool must_count_ = true;
    std::atomic<std::uint64_t> counted_ = 0;
    Event changed_;
    bool is_stopping_ = false;
};

}  // namespace cursus
