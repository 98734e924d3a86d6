// What the operator's rules and milters decide in one session, stage by stage, and what they leave for later
// ones: marks on the message, and mail that is taken but not delivered.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mail/events.h"
#include "mail/mailbox.h"
#include "policy/inquest.h"
#include "policy/rule_book.h"
#include "receive/ground_rules.h"
#include "receive/message_scans.h"
#include "receive/milter_talk.h"
#include "receive/stage_answer.h"
#include "runtime/reactor.h"

namespace cursus {

// What becomes of one recipient of a message that is taken.
struct Fate {
    Verdict verdict =
        Verdict::Pass;  // Refuse, PutOff: only where each recipient has a reply of its own (LMTP)
    std::string rule, why;
    std::optional<Duration> keep = {};
    std::optional<Reply> reply = {};
};

struct Judgement {
    std::optional<Refusal> refusal;      // of the whole message
    std::vector<Fate> fates;             // in the order of the recipients
    Changes changes;                     // of all stages
    std::vector<HeaderEdit> scan_edits;  // of scanners, which count our own Received as the first field
    Duration delay{};
};

// Whether each recipient hears a reply of its own: RFC 2033 §4.2.
enum class Replies : std::uint8_t { OneForAll, OneForEach };

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

    // Once the client is known; again when it is another (XCLIENT).
    Task<StageAnswer> at_connect();
    Task<StageAnswer> at_helo();
    // What was decided on it counts no more.
    void forget_hello();
    Task<StageAnswer> at_mail(std::vector<std::string> parameters);
    Task<StageAnswer> at_rcpt(Mailbox recipient, std::vector<std::string> parameters);
    // Of a recipient that was refused without being shown to at_rcpt(): rules may still delay the reply.
    Task<StageAnswer> refused_already(Mailbox recipient, std::vector<std::string> parameters, Reply reply);
    Task<StageAnswer> at_data_command();
    // `line`: a command that there is not. It is refused in any case.
    Task<StageAnswer> at_unknown_command(std::string line);
    // The confirmed name of the client's address, where anything here wants to know it; else, and when nobody
    // can tell, empty.
    Task<std::string> name_of_client();
    // `recipients`: those that were taken, in order. Unless each has a reply of its own, a refusal counts
    // only if it holds for all of them; but when nobody can tell for one, the whole message has to come
    // again.
    Task<Judgement> judge(const ContentFacts& content, std::shared_ptr<MessageSource> source,
                          std::vector<Mailbox> recipients, Replies replies);
    // The message as the rules have left it.
    Task<MilterTalk::Outcome> show_to_milters(MessageDraft& draft, Body kind);
    bool has_milters() const { return !needs_.rules.settings.scan.milters.empty(); }

    Task<void> transaction_ended();  // without a message; there may have been none
    Task<void> finish();             // before it is destroyed

private:
    // What earlier stages want done with mail that goes on.
    struct Standing {
        Fate fate = {};
        Changes changes = {};
        void add(Ruling ruling);
    };
    std::optional<Refusal> refusal_of_all(const std::vector<Ruling>& rulings) const;
    void tell_overruled(const std::vector<Mailbox>& recipients, const std::vector<Ruling>& rulings);
    Words tags_for(const Mailbox& recipient) const;
    Task<StageAnswer> of_session_rules(RuleStage stage, Standing& standing);
    Task<std::vector<Ruling>> rule_on(const std::vector<Mailbox>& recipients);
    MilterTalk& milters();
    void discard_by(const StageAnswer& answer);

    DoorkeeperNeeds needs_;
    MessageScans scans_;
    Inquest inquest_;
    std::optional<MilterTalk> milters_;  // from the first stage on
    // Each on top of the one before.
    Standing of_client_, of_hello_, of_transaction_;
    std::map<Mailbox, Standing> of_recipients_;
};

}  // namespace cursus
