#include "receive/message_scans.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/overloaded.h"

namespace cursus {
namespace {

constexpr std::string_view nobody_to_ask = "there is nobody to ask";

// Words of the conditions spam and spam_action.
std::string_view word_of(SpamAction action) {
    switch (action) {
        case SpamAction::None:
            return "no action";
        case SpamAction::Greylist:
            return "greylist";
        case SpamAction::AddHeader:
            return "add header";
        case SpamAction::RewriteSubject:
            return "rewrite subject";
        case SpamAction::SoftReject:
            return "soft reject";
        case SpamAction::Reject:
            return "reject";
        case SpamAction::Discard:
            return "discard";
        case SpamAction::Quarantine:
            return "quarantine";
        case SpamAction::Other:
            return "other";
    }
    std::unreachable();
}

bool calls_it_spam(SpamAction action) {
    return action == SpamAction::AddHeader || action == SpamAction::RewriteSubject ||
           action == SpamAction::Reject || action == SpamAction::Discard || action == SpamAction::Quarantine;
}

std::string_view name(SpamScanner scanner) {
    return scanner == SpamScanner::Rspamd ? "rspamd" : "spamd";
}

// What the scanner does to a message that goes on is done; whether it goes on is for the rules to say.
bool marks(SpamAction action) {
    return action == SpamAction::AddHeader || action == SpamAction::RewriteSubject;
}

std::string symbols_text(const SpamVerdict& verdict) {
    std::string text;
    for (const auto& symbol : verdict.symbols) text += (text.empty() ? "" : " ") + symbol.name;
    return text;
}

Found found_of(const SpamVerdict& verdict) {
    Found found{{}, verdict.score, symbols_text(verdict), {}};
    if (calls_it_spam(verdict.action)) found.words.emplace_back("spam");
    if (verdict.scanner == SpamScanner::Rspamd) found.words.emplace_back(word_of(verdict.action));
    return found;
}

ScanContext scan_context(const Evidence& evidence) {
    const SessionFacts& facts = evidence.facts();
    ScanContext context;
    if (!facts.client.address.is_unspecified()) context.client.endpoint = facts.client;
    context.client.helo = facts.helo;
    context.client.reverse_name = facts.name;
    if (facts.tls) context.client.tls = facts.tls->protocol + ' ' + facts.tls->cipher;
    context.client.authenticated = facts.account;
    if (facts.sender) context.sender = *facts.sender;
    for (const auto& text : facts.recipients)
        if (auto recipient = Mailbox::parse(text)) context.recipients.push_back(*std::move(recipient));
    context.queue_id = facts.message;
    context.own_name = evidence.hostname();
    return context;
}

Found nobody_waits() {
    Found found = unknown(std::string("the message was decided without it"));
    found.words.emplace_back(called_off);
    return found;
}

// What is too big for a scanner is neither good nor bad.
Found unseen(const TooBig& too_big) {
    return {{std::string(unscanned)}, 0, too_big.why, {}};
}

// rspamd's score and words come first; either one's measure of junk counts. One that has seen the message
// speaks for one that has not.
Found both(Found rspamd, const Found& spamd) {
    if (!rspamd.is_known() || !spamd.is_known()) return rspamd.is_known() ? spamd : rspamd;
    if (rspamd.is(unscanned) || spamd.is(unscanned)) return rspamd.is(unscanned) ? spamd : rspamd;
    if (!rspamd.is("spam") && spamd.is("spam")) rspamd.words.emplace_back("spam");
    rspamd.detail += (rspamd.detail.empty() ? "" : " ") + spamd.detail;
    return rspamd;
}

}  // namespace

void MessageScans::show(std::shared_ptr<MessageSource> message) {
    message_ = std::move(message);
    std::exchange(recall_, std::make_shared<Recall>())->call_off();
}

Task<Found> MessageScans::find(Question question, Evidence& evidence) {
    if (scanners_ != nullptr && question.topic == Topic::Virus) co_return co_await virus();
    if (scanners_ != nullptr && question.topic == Topic::Spam) co_return co_await spam(evidence);
    if (finder_ == nullptr) co_return unknown(std::string(nobody_to_ask));
    co_return co_await finder_->find(std::move(question), evidence);
}

Task<Found> MessageScans::count(Rate rate, std::string bucket, std::string key) {
    if (finder_ == nullptr) co_return unknown(std::string(nobody_to_ask));
    co_return co_await finder_->count(rate, std::move(bucket), std::move(key));
}

Task<Result<Advice, std::string>> MessageScans::advise(AdvisorAddress advisor, RuleStage stage,
                                                       std::optional<Mailbox> recipient, Evidence& evidence) {
    if (finder_ == nullptr) co_return failure(std::string(nobody_to_ask));
    co_return co_await finder_->advise(std::move(advisor), stage, std::move(recipient), evidence);
}

Task<Found> MessageScans::virus() {
    if (!scanners_->clamd || !message_) co_return unknown(std::string(nobody_to_ask));
    const auto message = message_;
    const auto recall = recall_;
    const auto verdict = co_await scanners_->clamd->scan(*message, *recall);
    if (recall->is_called_off()) co_return nobody_waits();
    if (!verdict) co_return unknown(verdict.error().what);
    co_return std::visit(Overloaded{
                             [](const Clean&) { return Found{}; },
                             [](const VirusFound& found) { return Found{{found.name}, 0, {}, {}}; },
                             [](const TooBig& too_big) { return unseen(too_big); },
                         },
                         *verdict);
}

Found MessageScans::hear(Result<SpamOutcome, ScanTrouble> said, const std::shared_ptr<MessageSource>& of,
                         Evidence& evidence) {
    if (!said) return unknown(said.error().what);
    if (const auto* too_big = std::get_if<TooBig>(&*said)) return unseen(*too_big);
    auto& verdict = std::get<SpamVerdict>(*said);
    // A scan that was begun and never asked for may end when its message has long been gone.
    if (of != message_) return found_of(verdict);
    std::ranges::move(verdict.edits, std::back_inserter(edits_));
    if (marks(verdict.action)) std::ranges::move(verdict.action_edits, std::back_inserter(edits_));
    if (!verdict.omissions.empty())
        evidence.tell(
            Trouble{std::string(name(verdict.scanner)),
                    fmt::format("left out of what it said: {}", fmt::join(verdict.omissions, "; "))});
    return found_of(verdict);
}

Task<Found> MessageScans::spam(Evidence& evidence) {
    if (!message_) co_return unknown(std::string(nobody_to_ask));
    const auto message = message_;
    const auto recall = recall_;
    std::optional<Found> by_rspamd, by_spamd;
    if (scanners_->rspamd) {
        ScanContext context = scan_context(evidence);
        auto outcome = co_await scanners_->rspamd->scan(*message, std::move(context), *recall);
        by_rspamd = hear(std::move(outcome), message, evidence);
    }
    if (scanners_->spamd && !recall->is_called_off()) {
        auto outcome = co_await scanners_->spamd->scan(*message, *recall);
        by_spamd = hear(std::move(outcome), message, evidence);
    }
    if (recall->is_called_off()) co_return nobody_waits();
    if (by_rspamd && by_spamd) co_return both(*std::move(by_rspamd), *by_spamd);
    if (by_rspamd) co_return *std::move(by_rspamd);
    if (by_spamd) co_return *std::move(by_spamd);
    co_return unknown(std::string(nobody_to_ask));
}

}  // namespace cursus
