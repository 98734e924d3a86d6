// From a message that has come in whole to the reply that takes it, or does not.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {
// The one place where a message is taken.
Task<Result<Session::Taken, Refusal>> Session::take(Reception& reception, const Transaction& transaction) {
    CO_TRY(verdicts, co_await judge(reception, transaction));
    const MessageId id = reception.id();
    auto recipients = verdicts.recipients();
    if (!recipients.empty()) {
        // Kept even when the client has gone meanwhile: it will send again what we already have, RFC 5321
        // §4.5.3.2.6.
        CO_TRY_VOID(co_await reception.commit(envelope(transaction, verdicts), std::move(recipients)));
    }
    tell_of_lost(transaction, verdicts, reception);
    tell_rewriting(reception, id);
    Taken taken{replies::queued(id), {}, verdicts.is_refused_to_all()};
    if (dialect() == Dialect::Lmtp)
        for (const auto& refusal : verdicts.refusals())
            taken.replies.push_back(refusal.value_or(taken.reply));
    co_return taken;
}

Task<Result<Verdicts, Refusal>> Session::judge(Reception& reception, const Transaction& transaction) {
    Verdicts verdicts(transaction.recipients);
    if (!doorkeeper_) co_return verdicts;
    doorkeeper_->facts().recipients = texts(transaction.recipients);
    std::vector<Mailbox> recipients;
    for (const auto& recipient : transaction.recipients) recipients.push_back(recipient.address);
    const std::uint64_t size = reception.octets();
    ContentFacts content;
    content.size = size;
    if (reception.content() != nullptr)
        content = reception.content()->finish(size, level_of(rules_->settings.malformed, listener_.service));
    tell_survey(content, reception.id());
    const Replies each = dialect() == Dialect::Lmtp ? Replies::OneForEach : Replies::OneForAll;
    auto source = reception.draft().source();
    Judgement judgement =
        co_await doorkeeper_->judge(content, std::move(source), std::move(recipients), each);
    co_await wait_out(judgement.delay);
    if (judgement.refusal) co_return failure(*std::move(judgement.refusal));
    verdicts.apply(judgement, needs_.clock().wall_now(), rules_->settings.quarantine.keep);
    if (verdicts.is_refused_to_all()) {
        co_await doorkeeper_->transaction_ended();
        co_return verdicts;
    }
    // The scanners' first: they count the fields that they have seen.
    auto edits = std::move(judgement.scan_edits);
    CO_TRY_VOID(co_await edit(reception, std::move(edits), MessageDraft::Counting::WithReceived));
    edits = judgement.changes.all_edits();
    CO_TRY_VOID(co_await edit(reception, std::move(edits), MessageDraft::Counting::WithoutReceived));
    if (doorkeeper_->has_milters()) {
        auto refused = co_await show_to_milters(reception, transaction, verdicts);
        if (refused) co_return failure(*std::move(refused));
    }
    co_return verdicts;
}

Task<Result<void, Refusal>> Session::edit(Reception& reception, std::vector<HeaderEdit> edits,
                                          MessageDraft::Counting counting) {
    const auto is_plain = [](const HeaderEdit& one) { return is_ascii(one.body); };
    if (!std::ranges::all_of(edits, is_plain)) reception.note_eight_bit();
    MessageDraft draft = reception.draft();
    auto edited = co_await draft.edit(std::move(edits), counting);
    if (!edited) co_return failure(refusal(edited.error()));
    co_return Result<void, Refusal>{};
}

Task<std::optional<Refusal>> Session::show_to_milters(Reception& reception, const Transaction& transaction,
                                                      Verdicts& verdicts) {
    const Body kind = reception.body(transaction.parameters.body);
    MessageDraft draft = reception.draft();
    MilterTalk::Outcome outcome = co_await doorkeeper_->show_to_milters(draft, kind);
    StageAnswer& answer = outcome.answer;
    if (answer.refusal) co_return *std::move(answer.refusal);
    if (answer.discarded_by) {
        verdicts.discard_all(*std::move(answer.discarded_by), "a milter wants it so");
        co_return std::nullopt;
    }
    if (outcome.message.body) {
        if (!outcome.message.body->is_ascii) reception.note_eight_bit();
        auto replaced = co_await draft.replace_body(*std::move(outcome.message.body));
        if (!replaced) co_return refusal(replaced.error());
    }
    auto edits = std::move(outcome.message.header);
    auto edited = co_await edit(reception, std::move(edits), MessageDraft::Counting::AsShownToMilters);
    if (!edited) co_return std::move(edited).error();
    verdicts.apply(outcome.message, needs_.clock().wall_now(), rules_->settings.quarantine.keep);
    co_return std::nullopt;
}

// Of what is answered 250 and goes to nobody, and in LMTP of those that are refused.
void Session::tell_of_lost(const Transaction& transaction, const Verdicts& verdicts,
                           const Reception& reception) {
    const MessageId message = reception.id();
    if (verdicts.is_refused_to_all()) {
        const auto& [recipient, rule, reply] = verdicts.refused().front();
        emit(data_refused(transaction, Refusal{reply, rule}, reception.octets()), message);
    }
    if (!verdicts.discarded().empty()) {
        emit(Discarded{path_text(transaction.sender), verdicts.discarded(), verdicts.discarded_by(),
                       verdicts.discarded_why()},
             message);
    }
    for (const auto& [recipient, rule, reply] : verdicts.refused())
        emit(RecipientRefused{recipient.text(), rule, reply}, message);
}

// What rules saw of a message, for whoever asks later why it was decided so.
void Session::tell_survey(const ContentFacts& content, MessageId message) {
    if (content.attachments.empty() && content.findings.empty() && content.uri_hosts.empty()) return;
    constexpr std::size_t shown_max = 50;
    Surveyed surveyed{content.size, {}, content.findings, content.uri_hosts};
    for (const auto& [type, names] : content.attachments) {
        if (names.empty()) surveyed.attachments.push_back(type);
        for (const auto& name : names) surveyed.attachments.push_back(fmt::format("{} {}", type, name));
    }
    if (surveyed.attachments.size() > shown_max) surveyed.attachments.resize(shown_max);
    if (surveyed.uri_hosts.size() > shown_max) surveyed.uri_hosts.resize(shown_max);
    emit(std::move(surveyed), message);
}

}  // namespace cursus
