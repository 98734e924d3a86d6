// Carries transactions through the committer, and makes them of what deliverers report. Home reactor only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "queue/inbox.h"
#include "queue/ledger.h"

namespace cursus {

class Settler {
public:
    Settler(Core& core, MessageTable& messages, Schedule& schedule, Ledger& ledger)
        : core_(core), messages_(messages), schedule_(schedule), ledger_(ledger) {}

    // Those whose message is reserved wait until it no longer is. What was not leased any more is passed
    // over.
    void settle(std::vector<SettleRequest> requests);
    void given_up(const GivenUp& given_up);

    // Concludes and writes it. `done` runs once it is kept (true) or the queue stopped before it was (false).
    using Done = std::move_only_function<void(bool)>;
    void write(std::unique_ptr<Transaction> transaction, Done done);
    Task<bool> write(std::unique_ptr<Transaction> transaction);

    // Nothing else of the message changes until release(): settlements wait, everybody else keeps away.
    void reserve(const LivePtr& message);
    void release(const LivePtr& message);
    Event& reservations() { return released_; }  // pulsed when one ends

    // Work out and settlements of it are not wanted any more: whoever waits goes on.
    void stop();

private:
    bool must_wait(const SettleRequest& request) const;
    void record(Transaction& transaction, Settlement& settlement);

    Core& core_;
    MessageTable& messages_;
    Schedule& schedule_;
    Ledger& ledger_;
    std::vector<SettleRequest> waiting_;  // for a reservation to end
    Event released_;
};

}  // namespace cursus
