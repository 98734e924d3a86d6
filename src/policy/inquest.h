// The evidence of one session: what it knows, and what has been found out for it so far, each thing once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "policy/evidence.h"
#include "runtime/clock.h"
#include "runtime/event.h"
#include "runtime/task_group.h"

namespace cursus {

// Who finds out. Any reactor.
class Finder {
public:
    virtual ~Finder() = default;
    virtual Task<Found> find(Question question, Evidence& evidence) = 0;
    virtual Task<Found> count(Rate rate, std::string bucket, std::string key) = 0;
    virtual Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                                     std::optional<Mailbox> recipient,
                                                     Evidence& evidence) = 0;
};

struct InquestNeeds {
    Finder& finder;
    Clock& clock;
    Executor executor;
    const std::string& hostname;
    std::function<void(EventBody)> tell;
};

class Inquest final : public Evidence {
public:
    explicit Inquest(InquestNeeds needs) : needs_(std::move(needs)), asking_(needs_.executor) {}

    SessionFacts& known() { return facts_; }
    void show(const ContentFacts* content) { content_ = content; }  // null: there is none any more
    // Forgets what was found out about a transaction: another one begins.
    void start_transaction();
    void start_over();  // the client is another one
    // Whether an answer is on its way at least; and whether anybody has wanted to hear it.
    bool is_begun(const Question& question) const { return entries_.contains(question); }
    bool was_asked(const Question& question) const;
    Task<void> join() { return asking_.join(); }  // before it is destroyed

    const SessionFacts& facts() const override { return facts_; }
    const ContentFacts* content() const override { return content_; }
    WallTime now() const override { return needs_.clock.wall_now(); }
    const std::string& hostname() const override { return needs_.hostname; }
    void begin(Question question) override { entry(std::move(question)); }
    Task<Found> ask(Question question) override;
    Task<Found> count(Rate rate, std::string bucket, std::string key) override;
    Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                             std::optional<Mailbox> recipient) override;
    void tell(EventBody event) override { needs_.tell(std::move(event)); }

private:
    struct Entry {
        Event answered;
        Found finding;
        bool was_asked = false;
    };
    std::shared_ptr<Entry> entry(Question question);
    Task<Found> find_now(Question question);
    Task<void> find(Question question, std::shared_ptr<Entry> entry);
    LookedUp looked_up(const Question& question, const Found& finding, Instant since) const;

    InquestNeeds needs_;
    SessionFacts facts_;
    const ContentFacts* content_ = nullptr;
    std::map<Question, std::shared_ptr<Entry>> entries_;
    TaskGroup asking_;
};

}  // namespace cursus
