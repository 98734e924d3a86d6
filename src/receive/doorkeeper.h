// What the operator's rules decide in one session, stage by stage, and what they leave for later ones: marks
// on the message, and mail that is taken but not delivered.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mail/events.h"
#include "mail/mailbox.h"
#include "policy/inquest.h"
#include "policy/rule_book.h"
#include "policy/ruling.h"
#include "receive/ground_rules.h"
#include "receive/message_scans.h"
#include "runtime/reactor.h"

namespace cursus {

// A stage's answer to the client.
struct StageAnswer {
    std::optional<Reply> refusal;  // none: go on
    std::string rule;              // whose refusal it is, for events
    Duration delay{};              // before the reply, whichever it is
};

// What becomes of one recipient of a message that is taken.
struct Fate {
    Verdict verdict = Verdict::Pass;  // Refuse: only where each recipient has a reply of its own (LMTP)
    std::string rule, why;
    std::optional<Duration> keep = {};
    std::optional<Reply> reply = {};
};

struct Judgement {
    std::optional<Reply> refusal;  // of the whole message
    std::string rule;
    std::vector<Fate> fates;  // in the order of the recipients
    Changes changes;          // of all stages
    Duration delay{};
};

struct DoorkeeperNeeds {
    const GroundRules& rules;
    Reactor& reactor;
    std::function<void(EventBody)> tell;
};

class Doorkeeper {
public:
    explicit Doorkeeper(DoorkeeperNeeds needs);

    // What the session knows is written here before each stage.
    SessionFacts& facts() { return inquest_.known(); }

    Task<StageAnswer> at_connect() { return at_session_stage(RuleStage::Connect); }
    Task<StageAnswer> at_helo() { return at_session_stage(RuleStage::Helo); }
    Task<StageAnswer> at_mail();
    Task<StageAnswer> at_rcpt(Mailbox recipient);
    // `recipients`: those that were taken, in order. A refusal counts only if it holds for all of them,
    // unless `each_has_a_reply`.
    Task<Judgement> at_data(const ContentFacts& content, std::shared_ptr<MessageSource> source,
                            std::vector<Mailbox> recipients, bool each_has_a_reply);

    void start_over();  // another client speaks from now on, or the same by TLS: it is asked again
    Task<void> join() { return inquest_.join(); }  // before it is destroyed

private:
    // What earlier stages want done with mail that goes on.
    struct Standing {
        Fate fate;
        Changes changes;
        void add(Ruling ruling);
    };
    Task<StageAnswer> at_session_stage(RuleStage stage);
    Task<std::vector<Ruling>> rule_on(const std::vector<Mailbox>& recipients);

    DoorkeeperNeeds needs_;
    MessageScans scans_;
    Inquest inquest_;
    Standing of_session_, of_transaction_;
    std::map<Mailbox, Fate> of_recipients_;
};

}  // namespace cursus
