// What an imagined session asks: as the server would, without being it and without leaving traces.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "main/memories.h"
#include "main/standalone.h"
#include "policy/callout_target.h"
#include "policy/lookups.h"
#include "scan/scanners.h"

namespace cursus {

class Inquiry final : public Finder {
public:
    Inquiry(Standalone& here, bool with_callouts);

    // What the server remembers, as far as it has written it down. Before the first question; and finish()
    // after the last.
    Task<void> recall();
    Task<void> finish() { return memories_.behaviour.finish(); }
    std::vector<HeldAccount> accounts_on_hold() const { return held_; }
    Scanners& scanners() { return scanners_; }
    // Where the answers came from that only the server's memory knows; empty: nothing of it was asked for.
    std::vector<std::string> notes(const std::string& account) const;

    Task<Found> find(Question question, Evidence& evidence) override;
    Task<Found> count(Rate rate, std::string bucket, std::string key) override;
    Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                             std::optional<Mailbox> recipient, Evidence& evidence) override;

private:
    // What the memories have to say while they are read.
    class Troubles final : public EventSink {
    public:
        void emit(MailEvent event) noexcept override;
        std::string take() { return std::exchange(text_, {}); }

    private:
        std::string text_;
    };
    Task<std::vector<HeldAccount>> read_held();
    Found forgotten() const;

    World& world_;
    const std::string data_;
    const bool with_callouts_;
    Troubles troubles_;
    Memories memories_;
    SenderDomains domains_;
    CalloutTargets targets_;
    BlockLists lists_;
    Scanners scanners_;
    Lookups lookups_;
    std::vector<HeldAccount> held_;
    std::string why_forgotten_, why_held_unknown_;  // empty: it is known
    bool is_memory_asked_ = false;
};

}  // namespace cursus
