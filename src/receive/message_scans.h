// What scanners say of the message at hand, for rules that ask; all else is asked of who finds it.
#pragma once

#include <memory>
#include <vector>

#include "mail/header_edit.h"
#include "policy/inquest.h"
#include "scan/message_source.h"
#include "scan/scanners.h"

namespace cursus {

class MessageScans final : public Finder {
public:
    // Null `finder`: nobody can tell anything; null `scanners`: it is asked for their verdicts too. Both
    // outlive this.
    MessageScans(Finder* finder, Scanners* scanners) : finder_(finder), scanners_(scanners) {}

    // What is asked from now on is asked of this message; null: there is none. What was asked of the one
    // before and is still out is called off.
    void show(std::shared_ptr<MessageSource> message);
    // What the scanners that were asked want changed.
    std::vector<HeaderEdit> take_edits() { return std::exchange(edits_, {}); }

    Task<Found> find(Question question, Evidence& evidence) override;
    Task<Found> count(Rate rate, std::string bucket, std::string key) override;
    Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                             std::optional<Mailbox> recipient, Evidence& evidence) override;

private:
    Task<Found> virus();
    Task<Found> spam(Evidence& evidence);
    // What one says of `of`: its edits are kept, and what was not taken of its answer is told.
    Found hear(Result<SpamOutcome, ScanTrouble> said, const std::shared_ptr<MessageSource>& of,
               Evidence& evidence);

    Finder* finder_;
    Scanners* scanners_;
    std::shared_ptr<MessageSource> message_;
    std::shared_ptr<Recall> recall_ = std::make_shared<Recall>();  // of what is asked of it
    std::vector<HeaderEdit> edits_;
};

}  // namespace cursus
