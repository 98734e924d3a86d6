#include "scan/milter_chain.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

bool objects(const MilterVerdict& verdict) {
    return verdict.answer != MilterAnswer::Continue && verdict.answer != MilterAnswer::Accept;
}

struct ReadHeader {
    std::string fields;     // without the empty line
    std::uint64_t body_at;  // in the message
};

// A line that is no field begins the body, as for Sendmail and Postfix: nothing is shown as neither.
ReadHeader header_at_front(std::string_view front, TextEnd end) {
    const HeaderFront fields = header_front(front, end, HeaderFront::Lines::Fields);
    const auto empty_line = fields.end == HeaderFront::End::AtEmptyLine ? line_end.size() : 0;
    return {std::string(front.substr(0, fields.octets)), fields.octets + empty_line};
}

Task<Result<ReadHeader, std::string>> read_milter_header(MessageSource& source) {
    std::string front;
    HeaderSurvey survey;
    while (front.size() < source.size() && !survey.has_ended()) {
        CO_TRY(piece, co_await source.piece(front.size()));
        if (piece->empty()) break;
        survey.feed(*piece);
        front += *piece;
    }
    const bool is_all = front.size() >= source.size();
    co_return header_at_front(front, is_all ? TextEnd::IsMessageEnd : TextEnd::MoreMayCome);
}

}  // namespace

struct MilterChain::Passing {
    MilterHeader header;
    MessageSource& source;
    std::uint64_t body_at;
    MilterMessageFacts facts;
    std::unique_ptr<NewBodySource> new_body = nullptr;
    std::vector<MilterEnvelopeChange> envelope = {};
    std::optional<std::string> quarantine = {};

    MilterMessage as_shown(std::string_view shown_header) {
        MessageSource& content = new_body ? *new_body : source;
        return {shown_header,   content,         new_body ? 0 : body_at, facts.kind,
                facts.size_max, facts.body_room, header.removals_max()};
    }
    // All of one milter's changes, or none.
    Result<void, std::string> take(MilterChanges changes) {
        MilterHeader edited = header;
        for (const auto& change : changes.list) {
            const auto* field = std::get_if<MilterField>(&change);
            if (field == nullptr) continue;
            TRY_VOID(edited.edit(*field));
        }
        header = std::move(edited);
        for (auto& change : changes.list) take(std::move(change));
        if (changes.body) new_body = std::make_unique<NewBodySource>(*std::move(changes.body));
        return {};
    }

private:
    void take(MilterChange change) {
        std::visit(Overloaded{
                       [](MilterField&) {},
                       [&](MilterQuarantine& aside) { quarantine = std::move(aside.reason); },
                       [&](auto& of_envelope) { envelope.emplace_back(std::move(of_envelope)); },
                   },
                   change);
    }
};

MilterChain::MilterChain(Reactor& here, const ScanSettings& settings, const MilterServerFacts& server,
                         CompletingNames names)
    : clock_(here.clock()), on_error_(settings.milter_on_error) {
    for (const auto& milter : settings.milters)
        milters_.push_back(std::make_unique<MilterSession>(
            here, milter.server, MilterTimeouts{settings.milter_timeout, settings.milter_content_timeout},
            names));
    tell(macros_, server);
}

Task<MilterStep> MilterChain::connect(MilterClientFacts client) {
    on_client_.reset();
    on_message_.reset();
    tell(macros_, MilterTlsFacts{});
    tell(macros_, client);
    MilterQuestion question = milter_connect(client.name, client.client);
    co_return co_await ask(std::move(question));
}

Task<MilterStep> MilterChain::helo(std::string name, std::optional<MilterTlsFacts> tls) {
    on_message_.reset();
    tell(macros_, tls.value_or(MilterTlsFacts{}));
    MilterQuestion question = milter_helo(name);
    co_return co_await ask(std::move(question));
}

Task<MilterStep> MilterChain::mail(MilterMailFacts mail) {
    on_message_.reset();
    tell(macros_, mail);
    MilterQuestion question = milter_mail(path_text(mail.sender), mail.parameters);
    co_return co_await ask(std::move(question));
}

Task<MilterStep> MilterChain::rcpt(MilterRcptFacts rcpt) {
    tell(macros_, rcpt);
    MilterQuestion question = milter_rcpt(path_text(rcpt.recipient), rcpt.parameters);
    question.is_refused = rcpt.refusal.has_value();
    co_return co_await ask(std::move(question));
}

bool MilterChain::wants_refused_recipients() const {
    return std::ranges::any_of(milters_,
                               [](const auto& milter) { return milter->wants_refused_recipients(); });
}

Task<MilterStep> MilterChain::data(std::string queue_id) {
    macros_.set("i", queue_id);
    MilterQuestion question{MilterCommand::Data, {}};
    co_return co_await ask(std::move(question));
}

Task<MilterStep> MilterChain::unknown(std::string line) {
    MilterQuestion question = milter_unknown(line);
    co_return co_await ask(std::move(question));
}

std::optional<MilterVerdict> MilterChain::last_word() const {
    return on_client_ ? on_client_ : on_message_;
}

// One that is broken is left out where that is ignored; else it has its say again: it gives none.
bool MilterChain::is_asked(const MilterSession& milter) const {
    return !milter.is_broken() || on_error_ == OnError::Defer;
}

Task<MilterStep> MilterChain::ask(MilterQuestion question) {
    MilterStep step;
    // An unknown command is of no message.
    if (const auto word = question.command == MilterCommand::Unknown ? on_client_ : last_word()) {
        step.verdict = *word;
        co_return step;
    }
    for (const auto& milter : milters_) {
        if (!is_asked(*milter)) continue;
        if (question.is_refused && !milter->wants_refused_recipients()) continue;
        co_await ask_one(*milter, question, step);
        if (objects(step.verdict)) break;
    }
    co_await conclude(question.command, step);
    co_return step;
}

Task<void> MilterChain::ask_one(MilterSession& milter, MilterQuestion question, MilterStep& step) {
    const Before was = before(milter);
    const bool is_refused = question.is_refused;
    const auto answer = co_await milter.ask(std::move(question), macros_);
    heed(step, milter, was, answer);
    const bool says_nothing_new =
        step.verdict.answer == MilterAnswer::Reject || step.verdict.answer == MilterAnswer::Tempfail;
    if (is_refused && says_nothing_new) {
        step.verdict = {};
        step.milter.clear();
    }
}

MilterChain::Before MilterChain::before(const MilterSession& milter) const {
    return {clock_.now(), milter.is_broken(), milter.told()};
}

void MilterChain::heed(MilterStep& step, const MilterSession& milter, const Before& was,
                       const Result<MilterVerdict, MilterTrouble>& answer) {
    const std::string name = milter.name();
    MilterVerdict verdict;
    std::string trouble;
    auto with = MilterTrouble::With::Milter;
    if (answer) {
        verdict = *answer;
    } else {
        trouble = answer.error().what;
        with = answer.error().with;
        const bool is_ignored = on_error_ == OnError::Ignore && with == MilterTrouble::With::Milter;
        verdict.answer = is_ignored ? MilterAnswer::Continue : MilterAnswer::Tempfail;
    }
    if (!was.is_broken && (milter.told() != was.told || !trouble.empty()))
        step.asked.push_back({name, verdict, std::move(trouble), with, clock_.now() - was.began});
    if (!objects(verdict)) return;
    step.verdict = std::move(verdict);
    step.milter = name;
}

// A refusal stays, so that nothing gets past it that is tried again. Only a refused recipient leaves the
// message as it is.
Task<void> MilterChain::conclude(MilterCommand command, const MilterStep& step) {
    if (!objects(step.verdict)) co_return;
    const bool refuses =
        step.verdict.answer == MilterAnswer::Reject || step.verdict.answer == MilterAnswer::Tempfail;
    const bool is_of_client = command == MilterCommand::Connect || command == MilterCommand::Helo;
    if (is_of_client || step.verdict.answer == MilterAnswer::Disconnect)
        on_client_ = step.verdict;
    else if (!refuses || (command != MilterCommand::Rcpt && command != MilterCommand::Unknown))
        on_message_ = step.verdict;
    else
        co_return;
    for (const auto& milter : milters_) co_await milter->abort();
}

Task<MilterMessageStep> MilterChain::message(MessageSource& source, MilterMessageFacts facts) {
    MilterMessageStep result;
    if (const auto word = last_word()) {
        result.step.verdict = *word;
        co_return result;
    }
    if (milters_.empty()) co_return result;
    auto header = co_await read_milter_header(source);
    if (!header) {
        result.step.verdict.answer = MilterAnswer::Tempfail;
        result.step.asked.push_back(
            {"", result.step.verdict, std::move(header).error(), MilterTrouble::With::Message, {}});
        co_await conclude(MilterCommand::EndOfMessage, result.step);
        co_return result;
    }
    Passing passing{MilterHeader(header->fields, facts.own_received), source, header->body_at, facts};
    for (const auto& milter : milters_) {
        if (!is_asked(*milter)) continue;
        co_await show_one(*milter, passing, result.step);
        if (objects(result.step.verdict)) break;
    }
    co_await conclude(MilterCommand::EndOfMessage, result.step);
    if (objects(result.step.verdict)) co_return result;
    result.message = {passing.header.edits(), std::nullopt, std::move(passing.envelope),
                      std::move(passing.quarantine)};
    if (passing.new_body) result.message.body = passing.new_body->body();
    co_return result;
}

Task<void> MilterChain::show_one(MilterSession& milter, Passing& passing, MilterStep& step) {
    const Before was = before(milter);
    const std::string shown = passing.header.shown();
    const MilterMessage message = passing.as_shown(shown);
    auto outcome = co_await milter.message(message, macros_);
    Result<MilterVerdict, MilterTrouble> answer = MilterVerdict{};
    if (!outcome) {
        answer = failure(std::move(outcome).error());
    } else {
        answer = std::move(outcome->verdict);
        auto taken = passing.take(std::move(outcome->changes));
        if (!taken) answer = failure(milter.give_up(std::move(taken).error()));
    }
    heed(step, milter, was, answer);
}

Task<void> MilterChain::abort() {
    for (const auto& milter : milters_) co_await milter->abort();
}

Task<void> MilterChain::quit() {
    for (const auto& milter : milters_) co_await milter->quit();
}

}  // namespace cursus
