#include "receive/milter_talk.h"

#include <utility>

#include "base/printable.h"
#include "mail/replies.h"
#include "policy/client_name.h"

namespace cursus {
namespace {

const Reply refused_by_milter{550, Status{5, 7, 1}, "Refused by local policy"};
const Reply deferred_by_milter{451, Status{4, 7, 1}, "Not now, by local policy; please try again later"};
const Reply ended_by_milter{421, Status{4, 7, 0}, "Closing, by local policy"};

std::string_view name(MilterAnswer answer) {
    switch (answer) {
        case MilterAnswer::Continue:
            return "continue";
        case MilterAnswer::Accept:
            return "accept";
        case MilterAnswer::Reject:
            return "reject";
        case MilterAnswer::Tempfail:
            return "tempfail";
        case MilterAnswer::Discard:
            return "discard";
        case MilterAnswer::Disconnect:
            return "disconnect";
    }
    std::unreachable();
}

StageAnswer answer_to(const MilterStep& step, SessionId session) {
    const std::string rule = step.milter.empty() ? std::string("milter") : "milter " + step.milter;
    const auto reply_or = [&](const Reply& ours) {
        return with_record(step.verdict.reply.value_or(ours), session);
    };
    switch (step.verdict.answer) {
        case MilterAnswer::Continue:
        case MilterAnswer::Accept:
            return {};
        case MilterAnswer::Discard:
            return {.discarded_by = rule};
        case MilterAnswer::Reject:
            return {.refusal = refusal(reply_or(refused_by_milter), rule)};
        case MilterAnswer::Tempfail:
            return {.refusal = refusal(reply_or(deferred_by_milter), rule)};
        case MilterAnswer::Disconnect:
            return {.refusal = Refusal{reply_or(ended_by_milter), rule, Afterwards::Close}};
    }
    std::unreachable();
}

std::string bits_text(const TlsFacts& tls) {
    return tls.cipher_bits == 0 ? std::string() : std::to_string(tls.cipher_bits);
}

MilterServerFacts server_facts(const Settings& settings, const SessionFacts& facts) {
    return {settings.hostname->text(), facts.listener, facts.server};
}

}  // namespace

MilterTalk::MilterTalk(Reactor& here, const Settings& settings, Evidence& evidence)
    : clock_(here.clock()),
      evidence_(evidence),
      chain_(here, settings.scan, server_facts(settings, evidence.facts()),
             {*settings.hostname, &*settings.hostname}) {}

// Each answer is in the session's record, and an answer that did not come is.
StageAnswer MilterTalk::heard(const MilterStep& step, std::string_view stage) {
    for (const auto& asked : step.asked) {
        const bool is_dull = asked.verdict.answer == MilterAnswer::Continue && asked.trouble.empty();
        if (is_dull) continue;
        std::vector<std::string> words{std::string(name(asked.verdict.answer))};
        if (asked.with == MilterTrouble::With::Message) words.emplace_back(our_trouble);
        evidence_.tell(LookedUp{"milter",
                                asked.milter + ' ' + std::string(stage),
                                std::move(words),
                                0,
                                {},
                                printable(asked.trouble),
                                asked.took});
    }
    return answer_to(step, evidence_.facts().session);
}

Task<StageAnswer> MilterTalk::connect() {
    const Found name = co_await client_name(evidence_);
    MilterClientFacts client{evidence_.facts().client, confirmed_name(name), name.detail};
    const MilterStep step = co_await chain_.connect(std::move(client));
    StageAnswer answer = heard(step, "connect");
    if (answer.refusal) answer.refusal->reply = replies::in_place_of_greeting(answer.refusal->reply);
    co_return answer;
}

Task<StageAnswer> MilterTalk::helo() {
    const SessionFacts& facts = evidence_.facts();
    std::optional<MilterTlsFacts> tls;
    if (facts.tls)
        tls = MilterTlsFacts{facts.tls->protocol, facts.tls->cipher, bits_text(*facts.tls),
                             facts.tls->peer_subject, facts.tls->peer_issuer};
    const MilterStep step = co_await chain_.helo(facts.helo, std::move(tls));
    co_return heard(step, "helo");
}

Task<StageAnswer> MilterTalk::mail(std::vector<std::string> parameters) {
    const SessionFacts& facts = evidence_.facts();
    MilterMailFacts mail{*facts.sender, std::move(parameters), facts.mechanism, facts.account};
    const MilterStep step = co_await chain_.mail(std::move(mail));
    co_return heard(step, "mail");
}

Task<StageAnswer> MilterTalk::rcpt(Mailbox recipient, std::vector<std::string> parameters,
                                   std::optional<Reply> refusal) {
    if (refusal && !chain_.wants_refused_recipients()) co_return StageAnswer{};
    MilterRcptFacts rcpt{std::move(recipient), std::move(parameters), std::move(refusal)};
    const MilterStep step = co_await chain_.rcpt(std::move(rcpt));
    co_return heard(step, "rcpt");
}

Task<StageAnswer> MilterTalk::data() {
    const MilterStep step = co_await chain_.data(evidence_.facts().message);
    co_return heard(step, "data");
}

Task<StageAnswer> MilterTalk::unknown(std::string line) {
    const MilterStep step = co_await chain_.unknown(std::move(line));
    co_return heard(step, "unknown command");
}

Task<MilterTalk::Outcome> MilterTalk::message(MessageDraft& draft, Body kind, std::uint64_t size_max) {
    const auto source = draft.source();
    MilterMessageFacts facts{draft.trace(), kind, size_max, draft};
    MilterMessageStep step = co_await chain_.message(*source, facts);
    co_return Outcome{heard(step.step, "message"), std::move(step.message)};
}

}  // namespace cursus
