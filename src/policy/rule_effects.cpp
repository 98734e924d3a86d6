#include "policy/rule_effects.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mail/replies.h"
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

Reply reply_with(int code, std::optional<Status> status, std::string_view text, const Weighing& weighing) {
    Reply reply{code, status, std::vector{with_record(text, weighing)}};
    return weighing.stage == RuleStage::Connect ? replies::in_place_of_greeting(reply) : reply;
}

Reply refusal(std::optional<Status> status, std::string_view text, const Weighing& weighing) {
    return reply_with(550, status.value_or(Status{5, 7, 1}), text, weighing);
}

Reply deferral(std::optional<Status> status, std::string_view text, const Weighing& weighing) {
    const int code = weighing.stage == RuleStage::Data ? 451 : 450;
    return reply_with(code, status.value_or(Status{4, 7, 1}), text, weighing);
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

void keep_back(Ruling& ruling, Verdict verdict, const RuleSettings& rule, std::string why) {
    ruling.verdict = verdict;
    ruling.rule = rule.name;
    ruling.why = std::move(why);
    ruling.keep = rule.keep;
}

std::vector<HeaderEdit> edits_of(const RuleSettings& rule, const Weighing& weighing) {
    std::vector<HeaderEdit> edits;
    for (const auto& field : rule.remove) edits.push_back(HeaderEdit::remove_all(field));
    for (const auto& field : rule.replace) edits.push_back(HeaderEdit::remove_all(field.field));
    for (const auto* fields : {&rule.replace, &rule.add})
        for (const auto& field : *fields)
            edits.push_back(HeaderEdit::append(field.field, filled(field.body, weighing)));
    if (!rule.subject_tag.empty())
        edits.push_back(HeaderEdit::tag_subject(filled(rule.subject_tag, weighing)));
    return edits;
}

// What an advisor says stands for what the rule itself would do.
Onward follow(const RuleSettings& rule, Weighing& weighing, Ruling& ruling, Advice advice) {
    RuleEdits edits{rule.name, {}};
    for (auto& field : advice.fields)
        edits.edits.push_back(HeaderEdit::insert(0, std::move(field.name), std::move(field.body)));
    if (!edits.edits.empty()) ruling.changes.edits.push_back(std::move(edits));
    ruling.changes.add({{}, std::move(advice.tags), std::move(advice.copies), std::move(advice.redirect)});
    const auto record = [&](const Reply& reply) {
        return reply_with(reply.code(), reply.status(), reply.text(), weighing);
    };
    const auto why = advice.notes.empty() ? text_of(rule, weighing, rule.name)
                                          : fmt::format("{}", fmt::join(advice.notes, "; "));
    const auto act = [&]<class Decision>(const Decision& decision) {
        if constexpr (std::is_same_v<Decision, Advice::Reject> || std::is_same_v<Decision, Advice::Defer>)
            refuse(ruling, rule.name, record(decision.reply));
        else if constexpr (std::is_same_v<Decision, Advice::DeferUnlessRejected>)
            ruling.if_passed = record(decision.reply);
        else if constexpr (std::is_same_v<Decision, Advice::DeferIfRejected>)
            ruling.if_refused = record(decision.reply);
        else if constexpr (std::is_same_v<Decision, Advice::Discard>)
            keep_back(ruling, Verdict::Discard, rule, why);
        else if constexpr (std::is_same_v<Decision, Advice::Hold>)
            keep_back(ruling, Verdict::Hold, rule, why);
        constexpr bool goes_on = std::is_same_v<Decision, Advice::NoOpinion> ||
                                 std::is_same_v<Decision, Advice::DeferUnlessRejected> ||
                                 std::is_same_v<Decision, Advice::DeferIfRejected>;
        return goes_on ? Onward::Next : Onward::Stop;
    };
    return std::visit(act, advice.decision);
}

Task<Result<Advice, std::string>> advice_of(const RuleSettings& rule, Weighing& weighing) {
    Evidence& evidence = weighing.evidence;
    if (weighing.stage == RuleStage::Data) co_return co_await evidence.advise_on_message(*rule.ask);
    co_return co_await evidence.advise(*rule.ask, weighing.stage, weighing.recipient);
}

Task<Onward> ask_advisor(const RuleSettings& rule, Weighing& weighing, Ruling& ruling) {
    auto advice = co_await advice_of(rule, weighing);
    if (!advice) co_return Onward::Undecided;
    co_return follow(rule, weighing, ruling, *std::move(advice));
}

}  // namespace

Task<Onward> apply(const RuleSettings& rule, Weighing& weighing, Ruling& ruling) {
    switch (rule.action) {
        case RuleAction::Accept:
            co_return Onward::Stop;
        case RuleAction::Reject:
            refuse(ruling, rule.name, refusal(rule.status, text_of(rule, weighing, refused_text), weighing));
            co_return Onward::Stop;
        case RuleAction::Defer:
            refuse(ruling, rule.name,
                   deferral(rule.status, text_of(rule, weighing, deferred_text), weighing));
            co_return Onward::Stop;
        case RuleAction::Discard:
            keep_back(ruling, Verdict::Discard, rule, text_of(rule, weighing, rule.name));
            co_return Onward::Stop;
        case RuleAction::Hold:
            keep_back(ruling, Verdict::Hold, rule, text_of(rule, weighing, rule.name));
            co_return Onward::Stop;
        case RuleAction::Annotate:
            ruling.changes.edits.push_back({rule.name, edits_of(rule, weighing)});
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
    refuse(ruling, rule.name, deferral(std::nullopt, undecided_text, weighing));
    ruling.verdict = Verdict::PutOff;
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
