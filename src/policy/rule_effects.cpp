#include "policy/rule_effects.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "policy/template_values.h"

namespace cursus {
namespace {

constexpr std::string_view refused_text = "Refused by local policy";
constexpr std::string_view deferred_text = "Not now, by local policy; please try again later";
constexpr std::string_view undecided_text =
    "What has to be asked first gives no answer now; please try again later";

// The record's id lets whoever is refused say which session it was.
std::string with_record(std::string_view text, const Weighing& weighing) {
    return fmt::format("{} ({})", text, weighing.evidence.facts().session.text());
}

// RFC 5321 §4.3.2: in place of the greeting stands 554 (or 521, RFC 7504 §3), or 421 where the client is to
// come again later.
int code_at(RuleStage stage, int code) {
    if (stage != RuleStage::Connect || code == 521) return code;
    return code / 100 == 5 ? 554 : 421;
}

Reply reply_with(int code, std::optional<Status> status, std::string_view text, const Weighing& weighing) {
    return {code_at(weighing.stage, code), status, std::vector{with_record(text, weighing)}};
}

Reply refusal(std::string_view text, const Weighing& weighing) {
    return reply_with(550, Status{5, 7, 1}, text, weighing);
}

Reply deferral(std::string_view text, const Weighing& weighing) {
    return reply_with(weighing.stage == RuleStage::Data ? 451 : 450, Status{4, 7, 1}, text, weighing);
}

std::string text_of(const RuleSettings& rule, const Weighing& weighing, std::string_view otherwise) {
    if (rule.text.empty()) return std::string(otherwise);
    return filled(rule.text, weighing);
}

void refuse(Ruling& ruling, const std::string& rule, Reply reply) {
    ruling.verdict = Verdict::Refuse;
    ruling.rule = rule;
    ruling.reply = std::move(reply);
}

void keep_back(Ruling& ruling, Verdict verdict, const RuleSettings& rule, const Weighing& weighing) {
    ruling.verdict = verdict;
    ruling.rule = rule.name;
    ruling.why = text_of(rule, weighing, rule.name);
    ruling.keep = rule.keep;
}

void annotate(Changes& changes, const RuleSettings& rule, const Weighing& weighing) {
    for (const auto& field : rule.remove) changes.edits.push_back(HeaderEdit::remove_all(field));
    for (const auto& field : rule.replace) changes.edits.push_back(HeaderEdit::remove_all(field.field));
    for (const auto* fields : {&rule.replace, &rule.add})
        for (const auto& field : *fields)
            changes.edits.push_back(HeaderEdit::append(field.field, filled(field.body, weighing)));
    if (!rule.subject_tag.empty()) changes.edits.push_back(HeaderEdit::tag_subject(rule.subject_tag));
}

// What an advisor says stands for what the rule itself would do.
Onward follow(const RuleSettings& rule, Weighing& weighing, Ruling& ruling, Advice advice) {
    for (auto& field : advice.fields)
        ruling.changes.edits.push_back(HeaderEdit::insert(0, std::move(field.name), std::move(field.body)));
    ruling.changes.add({{}, std::move(advice.tags), std::move(advice.copies), std::move(advice.redirect)});
    const auto record = [&](const Reply& reply) {
        return reply_with(reply.code(), reply.status(), reply.text(), weighing);
    };
    const auto act = [&]<class Decision>(const Decision& decision) {
        if constexpr (std::is_same_v<Decision, Advice::Reject> || std::is_same_v<Decision, Advice::Defer>)
            refuse(ruling, rule.name, record(decision.reply));
        else if constexpr (std::is_same_v<Decision, Advice::DeferUnlessRejected>)
            ruling.if_passed = record(decision.reply);
        else if constexpr (std::is_same_v<Decision, Advice::DeferIfRejected>)
            ruling.if_refused = record(decision.reply);
        else if constexpr (std::is_same_v<Decision, Advice::Discard>)
            keep_back(ruling, Verdict::Discard, rule, weighing);
        else if constexpr (std::is_same_v<Decision, Advice::Hold>)
            keep_back(ruling, Verdict::Hold, rule, weighing);
        constexpr bool goes_on = std::is_same_v<Decision, Advice::NoOpinion> ||
                                 std::is_same_v<Decision, Advice::DeferUnlessRejected> ||
                                 std::is_same_v<Decision, Advice::DeferIfRejected>;
        return goes_on ? Onward::Next : Onward::Stop;
    };
    return std::visit(act, advice.decision);
}

Task<Onward> ask_advisor(const RuleSettings& rule, Weighing& weighing, Ruling& ruling) {
    auto advice = co_await weighing.evidence.advise(*rule.ask, weighing.stage, weighing.recipient);
    if (advice) co_return follow(rule, weighing, ruling, *std::move(advice));
    weighing.evidence.tell(Trouble{"rule " + rule.name, advice.error()});
    if (rule.on_error == OnError::Ignore) co_return Onward::Next;
    put_off(ruling, rule, weighing);
    co_return Onward::Stop;
}

}  // namespace

Task<Onward> apply(const RuleSettings& rule, Weighing& weighing, Ruling& ruling) {
    switch (rule.action) {
        case RuleAction::Accept:
            co_return Onward::Stop;
        case RuleAction::Reject:
            refuse(ruling, rule.name, refusal(text_of(rule, weighing, refused_text), weighing));
            co_return Onward::Stop;
        case RuleAction::Defer:
            refuse(ruling, rule.name, deferral(text_of(rule, weighing, deferred_text), weighing));
            co_return Onward::Stop;
        case RuleAction::Discard:
            keep_back(ruling, Verdict::Discard, rule, weighing);
            co_return Onward::Stop;
        case RuleAction::Hold:
            keep_back(ruling, Verdict::Hold, rule, weighing);
            co_return Onward::Stop;
        case RuleAction::Annotate:
            annotate(ruling.changes, rule, weighing);
            co_return Onward::Next;
        case RuleAction::Tag:
            ruling.changes.tags.push_back(rule.tag);
            co_return Onward::Next;
        case RuleAction::Delay:
            ruling.delay = std::max(ruling.delay, rule.delay);
            co_return Onward::Next;
        case RuleAction::Copy:
            ruling.changes.copies.push_back(*rule.copy_to);
            co_return Onward::Next;
        case RuleAction::Ask:
            co_return co_await ask_advisor(rule, weighing, ruling);
    }
    std::unreachable();
}

void put_off(Ruling& ruling, const RuleSettings& rule, const Weighing& weighing) {
    refuse(ruling, rule.name, deferral(undecided_text, weighing));
}

void settle_reservation(Ruling& ruling) {
    if (ruling.verdict == Verdict::Refuse && ruling.reply->is_permanent() && ruling.if_refused)
        ruling.reply = std::move(ruling.if_refused);
    if (ruling.verdict != Verdict::Pass || !ruling.if_passed) return;
    ruling.verdict = Verdict::Refuse;
    ruling.reply = std::move(ruling.if_passed);
    ruling.rule = "advisor";
}

}  // namespace cursus
