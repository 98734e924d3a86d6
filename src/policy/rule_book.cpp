#include "policy/rule_book.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/conditions.h"
#include "policy/rule_effects.h"
#include "policy/weighing.h"

namespace cursus {
namespace {

bool is_final(RuleAction action) {
    return action <= RuleAction::Hold;
}

// What is asked ahead: what the DNS knows, and what scanners say. A callout is too dear to be made for
// nothing, and what counts must be asked in its turn.
bool may_begin_ahead(Topic topic) {
    const Cost cost = spec_of(topic).cost;
    return cost == Cost::Asked || cost == Cost::Scanned;
}

void begin_questions(const RuleSettings& rule, const Weighing& weighing) {
    for_each_condition(rule.when, [&](const Condition& condition) {
        if (!may_begin_ahead(condition.topic) || known(condition, weighing)) return;
        for (auto& question : questions(condition, weighing)) weighing.evidence.begin(std::move(question));
    });
}

// Up to the first rule that certainly ends the stage.
void begin_all(const std::vector<const RuleSettings*>& rules, const Weighing& weighing) {
    for (const RuleSettings* const rule : rules) {
        const auto certain = known(rule->when, weighing);
        if (certain == Truth::No) continue;
        begin_questions(*rule, weighing);
        if (certain == Truth::Yes && is_final(rule->action)) return;
    }
}

std::string origin_of(const RuleSettings& rule) {
    return rule.origin == RuleOrigin::File ? "file" : "default";
}

RuleMatched matched(const RuleSettings& rule, const Weighing& weighing) {
    return {rule.name,
            origin_of(rule),
            rule.line,
            std::string(name(rule.at)),
            std::string(name(rule.action)),
            weighing.recipient ? weighing.recipient->text() : std::string()};
}

RuleUndecided undecided(const RuleSettings& rule, const Weighing& weighing) {
    return {rule.name,
            origin_of(rule),
            rule.line,
            std::string(name(rule.at)),
            rule.on_error == OnError::Defer ? "defer" : "ignore",
            weighing.recipient ? weighing.recipient->text() : std::string()};
}

// One rule: whether it holds, and what comes of that.
Task<Onward> take(const RuleSettings& rule, Weighing& weighing, Ruling& ruling) {
    const RulePart whole{rule.name};
    const Truth holds = co_await weigh(rule.when, weighing, whole);
    if (holds == Truth::No) co_return Onward::Next;
    Onward onward = Onward::Undecided;
    if (holds == Truth::Yes) {
        weighing.evidence.tell(matched(rule, weighing));
        onward = co_await apply(rule, weighing, ruling);
        weighing.tags = ruling.changes.tags;
    }
    if (onward != Onward::Undecided) co_return onward;
    weighing.evidence.tell(undecided(rule, weighing));
    if (rule.on_error == OnError::Ignore) co_return Onward::Next;
    put_off(ruling, rule, weighing);
    co_return Onward::Stop;
}

}  // namespace

RuleBook::RuleBook(const Settings& settings) : settings_(settings) {
    const bool marks_recipients = std::ranges::any_of(settings.rules, [](const RuleSettings& rule) {
        return rule.at == RuleStage::Rcpt &&
               (rule.action == RuleAction::Tag || rule.action == RuleAction::Ask);
    });
    for (const RuleSettings& rule : settings.rules) {
        stages_[static_cast<std::size_t>(rule.at)].push_back(&rule);
        if (rule.action == RuleAction::Ask) has_advisors_ = true;
        for_each_condition(rule.when, [&](const Condition& condition) {
            const Topic topic = asked_as(condition.topic);
            if (!asks(topic)) topics_.push_back(topic);
            const bool is_of_recipient =
                known_from(condition) == RuleStage::Rcpt || (topic == Topic::Tagged && marks_recipients);
            if (rule.at == RuleStage::Data && is_of_recipient) tells_recipients_apart_ = true;
        });
    }
}

bool RuleBook::asks(Topic topic) const {
    return std::ranges::find(topics_, topic) != topics_.end();
}

Task<Ruling> RuleBook::decide(RuleStage stage, Evidence& evidence, std::optional<Mailbox> recipient) const {
    Weighing weighing{evidence, settings_, stage, std::move(recipient), {}};
    Ruling ruling;
    begin_all(of(stage), weighing);
    for (const RuleSettings* const rule : of(stage)) {
        const Onward onward = co_await take(*rule, weighing, ruling);
        if (onward == Onward::Stop) break;
    }
    settle_reservation(ruling);
    co_return ruling;
}

Task<Duration> RuleBook::delay_of_refused(RuleStage stage, Evidence& evidence, Mailbox recipient) const {
    const Rules& rules = of(stage);
    const auto delays = [](const RuleSettings* rule) { return rule->action == RuleAction::Delay; };
    // Nothing is asked for rules that no delay stands behind.
    const auto end = std::find_if(rules.rbegin(), rules.rend(), delays).base();
    Weighing weighing{evidence, settings_, stage, std::move(recipient), {}};
    Duration delay{};
    for (auto next = rules.begin(); next != end; ++next) {
        const RuleSettings* const rule = *next;
        if (!delays(rule) && rule->action != RuleAction::Accept) continue;
        const RulePart whole{rule->name};
        const Truth holds = co_await weigh(rule->when, weighing, whole);
        if (holds != Truth::Yes) continue;
        if (rule->action == RuleAction::Accept) break;
        weighing.evidence.tell(matched(*rule, weighing));
        delay = std::max(delay, rule->delay);
    }
    co_return delay;
}

}  // namespace cursus
