#include "receive/doorkeeper.h"

#include <algorithm>
#include <utility>

#include "policy/client_name.h"
#include "runtime/run_later.h"

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
    if (!ruling.is_refused()) return {.delay = ruling.delay};
    return {.refusal = refusal(*ruling.reply, ruling.rule), .delay = ruling.delay};
}

}  // namespace

void Doorkeeper::Standing::add(Ruling ruling) {
    harden(fate, fate_of(ruling));
    changes.add(std::move(ruling.changes));
}

Doorkeeper::Doorkeeper(DoorkeeperNeeds needs)
    : needs_(std::move(needs)),
      scans_(needs_.rules.finder, needs_.rules.scanners),
      inquest_({scans_, needs_.reactor.clock(), needs_.reactor.executor(),
                needs_.rules.settings.hostname->text(), needs_.tell}) {}

MilterTalk& Doorkeeper::milters() {
    if (!milters_) milters_.emplace(needs_.reactor, needs_.rules.settings, inquest_);
    return *milters_;
}

Task<StageAnswer> Doorkeeper::of_session_rules(RuleStage stage, Standing& standing) {
    facts().tags = standing.changes.tags;
    Ruling ruling = co_await needs_.rules.book.decide(stage, inquest_, std::nullopt);
    const StageAnswer answer = answer_of(ruling);
    standing.add(std::move(ruling));
    facts().tags = standing.changes.tags;
    co_return answer;
}

Task<StageAnswer> Doorkeeper::at_connect() {
    inquest_.start_over();
    of_client_ = {};
    StageAnswer answer = co_await of_session_rules(RuleStage::Connect, of_client_);
    forget_hello();
    if (answer.refusal || !has_milters()) co_return answer;
    StageAnswer of_milters = co_await milters().connect();
    of_milters.delay = answer.delay;
    co_return of_milters;
}

void Doorkeeper::forget_hello() {
    of_hello_ = of_client_;
    facts().tags = of_hello_.changes.tags;
}

Task<StageAnswer> Doorkeeper::at_helo() {
    Standing standing = of_client_;
    StageAnswer answer = co_await of_session_rules(RuleStage::Helo, standing);
    if (!answer.refusal && has_milters()) {
        const Duration delay = answer.delay;
        answer = co_await milters().helo();
        answer.delay = delay;
    }
    // One that is refused leaves the one before in force.
    if (!answer.refusal) of_hello_ = std::move(standing);
    facts().tags = of_hello_.changes.tags;
    co_return answer;
}

Task<StageAnswer> Doorkeeper::at_mail(std::vector<std::string> parameters) {
    inquest_.start_transaction();
    of_transaction_ = of_hello_;
    of_recipients_.clear();
    facts().tags = of_transaction_.changes.tags;
    Ruling ruling = co_await needs_.rules.book.decide(RuleStage::Mail, inquest_, std::nullopt);
    StageAnswer answer = answer_of(ruling);
    of_transaction_.add(std::move(ruling));
    facts().tags = of_transaction_.changes.tags;
    if (answer.refusal || !has_milters()) co_return answer;
    StageAnswer of_milters = co_await milters().mail(std::move(parameters));
    of_milters.delay = answer.delay;
    discard_by(of_milters);
    co_return of_milters;
}

Task<StageAnswer> Doorkeeper::at_rcpt(Mailbox recipient, std::vector<std::string> parameters) {
    facts().tags = tags_for(recipient);
    Ruling ruling = co_await needs_.rules.book.decide(RuleStage::Rcpt, inquest_, recipient);
    StageAnswer answer = answer_of(ruling);
    if (has_milters()) {
        std::optional<Reply> refused;
        if (answer.refusal) refused = answer.refusal->reply;
        StageAnswer of_milters =
            co_await milters().rcpt(recipient, std::move(parameters), std::move(refused));
        discard_by(of_milters);
        if (!answer.refusal) {
            of_milters.delay = answer.delay;
            answer = std::move(of_milters);
        }
    }
    if (answer.refusal) co_return answer;
    of_recipients_[std::move(recipient)].add(std::move(ruling));
    co_return answer;
}

Task<StageAnswer> Doorkeeper::refused_already(Mailbox recipient, std::vector<std::string> parameters,
                                              Reply reply) {
    facts().tags = tags_for(recipient);
    StageAnswer answer;
    answer.delay = co_await needs_.rules.book.delay_of_refused(RuleStage::Rcpt, inquest_, recipient);
    if (!has_milters()) co_return answer;
    const StageAnswer of_milters =
        co_await milters().rcpt(std::move(recipient), std::move(parameters), std::move(reply));
    discard_by(of_milters);
    co_return answer;
}

// A tag that was set for one recipient says nothing of the others.
Words Doorkeeper::tags_for(const Mailbox& recipient) const {
    Changes changes = of_transaction_.changes;
    const auto known = of_recipients_.find(recipient);
    if (known != of_recipients_.end()) changes.add(known->second.changes);
    return changes.tags;
}

Task<StageAnswer> Doorkeeper::at_data_command() {
    if (!has_milters()) co_return StageAnswer{};
    StageAnswer answer = co_await milters().data();
    discard_by(answer);
    co_return answer;
}

Task<StageAnswer> Doorkeeper::at_unknown_command(std::string line) {
    if (!has_milters()) co_return StageAnswer{};
    co_return co_await milters().unknown(std::move(line));
}

Task<std::string> Doorkeeper::name_of_client() {
    const auto is_begun = [&](const Question& question) { return inquest_.is_begun(question); };
    const bool is_wanted =
        needs_.rules.book.asks(Topic::Spam) || std::ranges::all_of(name_questions(facts()), is_begun);
    if (!is_wanted) co_return std::string();
    Found name = co_await client_name(inquest_);
    co_return confirmed_name(name);
}

void Doorkeeper::discard_by(const StageAnswer& answer) {
    if (answer.discarded_by)
        harden(of_transaction_.fate, {Verdict::Discard, *answer.discarded_by, "a milter wants it so"});
}

Task<std::vector<Ruling>> Doorkeeper::rule_on(const std::vector<Mailbox>& recipients) {
    const RuleBook& book = needs_.rules.book;
    std::vector<Ruling> rulings;
    if (!book.tells_recipients_apart()) {
        const Ruling ruling = co_await book.decide(RuleStage::Data, inquest_, std::nullopt);
        rulings.assign(recipients.size(), ruling);
        co_return rulings;
    }
    std::map<Mailbox, Ruling> decided;  // whoever is named twice is asked about once
    for (const Mailbox& recipient : recipients) {
        if (!decided.contains(recipient)) {
            facts().tags = tags_for(recipient);
            Ruling ruling = co_await book.decide(RuleStage::Data, inquest_, recipient);
            decided.emplace(recipient, std::move(ruling));
            co_await let_others_run();  // a rule may read the whole header for each
        }
        rulings.push_back(decided.at(recipient));
    }
    co_return rulings;
}

std::optional<Refusal> Doorkeeper::refusal_of_all(const std::vector<Ruling>& rulings) const {
    const auto refused_with = [](const Ruling& ruling) { return refusal(*ruling.reply, ruling.rule); };
    const auto put_off = std::ranges::find(rulings, Verdict::PutOff, &Ruling::verdict);
    if (put_off != rulings.end()) return refused_with(*put_off);
    if (!std::ranges::all_of(rulings, &Ruling::is_refused)) return std::nullopt;
    // If one of them may be taken later, the message is worth another try.
    const auto transient =
        std::ranges::find_if(rulings, [](const Ruling& ruling) { return ruling.reply->is_transient(); });
    return refused_with(transient == rulings.end() ? rulings.front() : *transient);
}

void Doorkeeper::tell_overruled(const std::vector<Mailbox>& recipients, const std::vector<Ruling>& rulings) {
    for (std::size_t i = 0; i < recipients.size(); ++i)
        if (rulings[i].is_refused()) needs_.tell(Overruled{recipients[i].text(), rulings[i].rule});
}

Task<Judgement> Doorkeeper::judge(const ContentFacts& content, std::shared_ptr<MessageSource> source,
                                  std::vector<Mailbox> recipients, Replies replies) {
    inquest_.show(&content);
    scans_.show(std::move(source));
    std::vector<Ruling> rulings = co_await rule_on(recipients);
    scans_.show(nullptr);
    inquest_.show(nullptr);
    Judgement judgement;
    judgement.delay = std::ranges::max(rulings, {}, &Ruling::delay).delay;
    if (replies == Replies::OneForAll) {
        judgement.refusal = refusal_of_all(rulings);
        if (!judgement.refusal) tell_overruled(recipients, rulings);
    }
    // Who is refused alone has no part in the message, nor has what was to be done with it for his sake. What
    // a rule marks for any other it marks on the message, which all of them get.
    Changes of_message;
    judgement.changes = std::exchange(of_transaction_.changes, {});
    for (std::size_t i = 0; i < recipients.size(); ++i) {
        if (replies == Replies::OneForEach && rulings[i].is_refused()) {
            judgement.fates.push_back(fate_of(rulings[i]));
            continue;
        }
        const Standing& standing = of_recipients_[recipients[i]];
        Fate fate = of_transaction_.fate;
        harden(fate, standing.fate);
        harden(fate, fate_of(rulings[i]));
        judgement.fates.push_back(std::move(fate));
        judgement.changes.add(standing.changes);
        of_message.add(std::move(rulings[i].changes));
    }
    judgement.changes.add(std::move(of_message));
    // A scan that was begun ahead, and that no rule came to, has no say.
    std::vector<HeaderEdit> edits = scans_.take_edits();
    if (inquest_.was_asked({Topic::Spam, {}})) judgement.scan_edits = std::move(edits);
    co_return judgement;
}

Task<MilterTalk::Outcome> Doorkeeper::show_to_milters(MessageDraft& draft, Body kind) {
    return milters().message(draft, kind, needs_.rules.settings.limits.message_size);
}

Task<void> Doorkeeper::transaction_ended() {
    if (milters_) co_await milters_->abort();
}

Task<void> Doorkeeper::finish() {
    if (milters_) co_await milters_->quit();
    co_await inquest_.join();
}

}  // namespace cursus
