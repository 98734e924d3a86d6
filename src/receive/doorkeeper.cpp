#include "receive/doorkeeper.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

// Of two fates the harder one: what is thrown away is not held.
void harden(Fate& fate, const Fate& other) {
    const auto hardness = [](Verdict verdict) {
        return verdict == Verdict::Discard ? 2 : verdict == Verdict::Hold ? 1 : 0;
    };
    if (hardness(other.verdict) > hardness(fate.verdict)) fate = other;
}

Fate fate_of(const Ruling& ruling) {
    return {ruling.verdict, ruling.rule, ruling.why, ruling.keep, ruling.reply};
}

StageAnswer answer_of(const Ruling& ruling) {
    if (ruling.verdict != Verdict::Refuse) return {std::nullopt, {}, ruling.delay};
    return {ruling.reply, ruling.rule, ruling.delay};
}

// What all are refused with: if one of them may be taken later, the message is worth another try.
const Ruling& spokesman(const std::vector<Ruling>& rulings) {
    const auto transient =
        std::ranges::find_if(rulings, [](const Ruling& ruling) { return ruling.reply->is_transient(); });
    return transient == rulings.end() ? rulings.front() : *transient;
}

}  // namespace

void Doorkeeper::Standing::add(Ruling ruling) {
    harden(fate, fate_of(ruling));
    changes.add(std::move(ruling.changes));
}

Doorkeeper::Doorkeeper(DoorkeeperNeeds needs)
    : needs_(std::move(needs)),
      scans_(needs_.rules, needs_.reactor),
      inquest_({scans_, needs_.reactor.clock(), needs_.reactor.executor(),
                needs_.rules.settings.hostname->text(), needs_.tell}) {}

Task<StageAnswer> Doorkeeper::at_session_stage(RuleStage stage) {
    Ruling ruling = co_await needs_.rules.book.decide(stage, inquest_, std::nullopt);
    const StageAnswer answer = answer_of(ruling);
    of_session_.add(std::move(ruling));
    facts().tags = of_session_.changes.tags;
    co_return answer;
}

Task<StageAnswer> Doorkeeper::at_mail() {
    inquest_.start_transaction();
    of_transaction_ = of_session_;
    of_recipients_.clear();
    facts().tags = of_session_.changes.tags;
    Ruling ruling = co_await needs_.rules.book.decide(RuleStage::Mail, inquest_, std::nullopt);
    const StageAnswer answer = answer_of(ruling);
    of_transaction_.add(std::move(ruling));
    facts().tags = of_transaction_.changes.tags;
    co_return answer;
}

// What a rule marks for one recipient it marks on the message, which all of them get.
Task<StageAnswer> Doorkeeper::at_rcpt(Mailbox recipient) {
    Ruling ruling = co_await needs_.rules.book.decide(RuleStage::Rcpt, inquest_, recipient);
    const StageAnswer answer = answer_of(ruling);
    if (answer.refusal) co_return answer;
    of_recipients_[std::move(recipient)] = fate_of(ruling);
    of_transaction_.changes.add(std::move(ruling.changes));
    facts().tags = of_transaction_.changes.tags;
    co_return answer;
}

Task<std::vector<Ruling>> Doorkeeper::rule_on(const std::vector<Mailbox>& recipients) {
    const RuleBook& book = needs_.rules.book;
    std::vector<Ruling> rulings;
    if (!book.tells_recipients_apart()) {
        Ruling ruling = co_await book.decide(RuleStage::Data, inquest_, std::nullopt);
        rulings.assign(recipients.size(), ruling);
        co_return rulings;
    }
    for (const Mailbox& recipient : recipients) {
        Ruling ruling = co_await book.decide(RuleStage::Data, inquest_, recipient);
        rulings.push_back(std::move(ruling));
    }
    co_return rulings;
}

Task<Judgement> Doorkeeper::at_data(const ContentFacts& content, std::shared_ptr<MessageSource> source,
                                    std::vector<Mailbox> recipients, bool each_has_a_reply) {
    inquest_.show(&content);
    scans_.begin_message(std::move(source), recipients);
    std::vector<Ruling> rulings = co_await rule_on(recipients);
    Judgement judgement;
    judgement.delay = std::ranges::max(rulings, {}, &Ruling::delay).delay;
    const auto is_refused = [](const Ruling& ruling) { return ruling.verdict == Verdict::Refuse; };
    if (std::ranges::all_of(rulings, is_refused)) {
        judgement.refusal = spokesman(rulings).reply;
        judgement.rule = spokesman(rulings).rule;
    }
    judgement.changes = std::exchange(of_transaction_.changes, {});
    for (std::size_t i = 0; i < recipients.size(); ++i) {
        Fate fate = of_transaction_.fate;
        harden(fate, of_recipients_[recipients[i]]);
        harden(fate, fate_of(rulings[i]));
        if (each_has_a_reply && is_refused(rulings[i])) fate = fate_of(rulings[i]);
        judgement.fates.push_back(std::move(fate));
        if (i == 0 || needs_.rules.book.tells_recipients_apart())
            judgement.changes.add(std::move(rulings[i].changes));
    }
    judgement.changes.add(scans_.changes());
    inquest_.show(nullptr);
    co_return judgement;
}

void Doorkeeper::start_over() {
    inquest_.start_over();
    of_session_ = {};
}

}  // namespace cursus
