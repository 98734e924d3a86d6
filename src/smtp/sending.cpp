// SmtpClient's transactions: the envelope's commands, the message, and what the peer says of them.
#include <algorithm>
#include <utility>

#include "smtp/body_sender.h"
#include "smtp/implementation.h"

namespace cursus {
namespace {

Reply lost_before_reply() {
    return Reply(451, Status{4, 4, 2}, "The connection was lost before the reply for this recipient");
}

std::string lines_of(const std::vector<TransactionStep>& steps, std::size_t begin, std::size_t end) {
    std::string lines;
    for (std::size_t i = begin; i < end; ++i) lines += steps[i].line;
    return lines;
}

}  // namespace

SmtpClient::Implementation::Progress SmtpClient::Implementation::plan(
    const TransactionRequest& request) const {
    Progress progress;
    progress.recipients.resize(request.recipients.size());
    if (needs_reset_) progress.steps.push_back(reset_step());
    progress.steps.push_back(mail_step(request, needs_smtputf8(request, extensions_), extensions_));
    std::size_t taken = 0;
    for (std::size_t i = 0; i < request.recipients.size(); ++i) {
        progress.recipients[i] = refusal_of_recipient(request.recipients[i], taken, extensions_);
        if (progress.recipients[i]) continue;
        progress.steps.push_back(rcpt_step(request, i));
        ++taken;
    }
    if (taken == 0)
        progress.steps.clear();  // nobody to talk about
    else
        progress.steps.push_back(data_step());
    return progress;
}

Duration SmtpClient::Implementation::timeout_of(TransactionStep::Kind kind) const {
    switch (kind) {
        case TransactionStep::Kind::Reset:
        case TransactionStep::Kind::Mail:
            return timeouts_.mail;
        case TransactionStep::Kind::Rcpt:
            return timeouts_.rcpt;
        case TransactionStep::Kind::Data:
            return timeouts_.data_start;
    }
    std::unreachable();
}

bool SmtpClient::Implementation::is_pointless(const Progress& progress, const TransactionStep& step) const {
    return progress.mail || (step.kind == TransactionStep::Kind::Data && progress.accepted.empty());
}

// RFC 2920 §3.1: in groups where the peer can take them, one by one where not.
Task<Result<void, DialogueFailure>> SmtpClient::Implementation::run_steps(Progress& progress) {
    const std::size_t group = extensions_.pipelining ? pipelined_commands_max : 1;
    for (std::size_t begin = 0; begin < progress.steps.size();) {
        if (is_pointless(progress, progress.steps[begin])) break;
        const auto end = std::min(begin + group, progress.steps.size());
        CO_TRY_VOID(co_await run_group(progress, begin, end));
        begin = end;
    }
    needs_reset_ = progress.may_be_open;
    co_return Result<void, DialogueFailure>{};
}

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::run_group(Progress& progress,
                                                                          std::size_t begin,
                                                                          std::size_t end) {
    const auto lines = lines_of(progress.steps, begin, end);
    const auto& first = progress.steps[begin];
    CO_TRY_VOID(co_await talk_.say(stage_of(first.kind), lines, timeout_of(first.kind)));
    for (std::size_t i = begin; i < end; ++i) {
        const auto& step = progress.steps[i];
        CO_TRY(reply, co_await talk_.hear(stage_of(step.kind), timeout_of(step.kind)));
        CO_TRY_VOID(note(progress, step, std::move(reply)));
    }
    co_return Result<void, DialogueFailure>{};
}

Result<void, DialogueFailure> SmtpClient::Implementation::note(Progress& progress,
                                                               const TransactionStep& step, Reply reply) {
    const auto stage = stage_of(step.kind);
    // 354 is the one answer of its kind, and DATA's alone; a 2yz to DATA leaves both sides waiting.
    if (step.kind == TransactionStep::Kind::Data ? reply.is_positive() : reply.is_intermediate()) {
        return failure(talk_.broken(stage, "not an answer to the command: " + reply.one_line()));
    }
    switch (step.kind) {
        case TransactionStep::Kind::Reset:
            if (reply.is_positive()) break;
            return failure(talk_.broken(stage, "RSET was refused: " + reply.one_line()));
        case TransactionStep::Kind::Mail:
            if (reply.is_positive())
                progress.may_be_open = true;
            else
                progress.mail = std::move(reply);
            break;
        case TransactionStep::Kind::Rcpt:
            if (reply.is_positive() && !progress.mail) progress.accepted.push_back(step.recipient);
            progress.recipients[step.recipient] = std::move(reply);
            break;
        case TransactionStep::Kind::Data:
            progress.data = std::move(reply);
            break;
    }
    return {};
}

// The peer takes a message that nobody is to get: RFC 2920 §3.1 ends it with a single dot.
Task<Result<void, DialogueFailure>> SmtpClient::Implementation::end_empty_data() {
    needs_reset_ = false;
    if (dialect_ == Dialect::Lmtp) {
        talk_.give_up();  // RFC 2033 §4.2: no recipient, no reply; there is nothing to wait for
        co_return Result<void, DialogueFailure>{};
    }
    CO_TRY(ignored, co_await talk_.ask(SmtpStage::FinalDot, ".\r\n", timeouts_.final_dot));
    if (ignored.is_intermediate()) co_return failure(talk_.broken(SmtpStage::FinalDot, ignored.one_line()));
    co_return Result<void, DialogueFailure>{};
}

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::hear_outcome(std::size_t accepted,
                                                                             TransactionResult& result) {
    const std::size_t replies = dialect_ == Dialect::Lmtp ? accepted : 1;
    for (std::size_t i = 0; i < replies; ++i) {
        auto reply = co_await talk_.hear(SmtpStage::FinalDot, timeouts_.final_dot);
        if (reply && reply->is_intermediate()) {
            reply = failure(
                talk_.broken(SmtpStage::FinalDot, "not an answer to a message: " + reply->one_line()));
        }
        if (!reply && i == 0) co_return failure(std::move(reply).error());
        if (!reply) {  // those who have their reply keep it
            result.lmtp.resize(accepted, reply.error().reply.value_or(lost_before_reply()));
            break;
        }
        if (dialect_ == Dialect::Smtp) {
            result.data = *std::move(reply);
            continue;
        }
        result.lmtp.push_back(*std::move(reply));
        ++result.lmtp_heard;
    }
    co_return Result<void, DialogueFailure>{};
}

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::finish(Progress& progress, BodySource& body,
                                                                       TransactionResult& result) {
    if (!progress.data) co_return Result<void, DialogueFailure>{};
    const bool goes_ahead = progress.data->is_intermediate();
    if (progress.accepted.empty()) {
        if (goes_ahead) co_return co_await end_empty_data();
        co_return Result<void, DialogueFailure>{};
    }
    if (!goes_ahead) {
        result.data = std::move(progress.data);
        co_return Result<void, DialogueFailure>{};
    }
    needs_reset_ = false;
    CO_TRY_VOID(co_await send_body(talk_, body, timeouts_.data_block));
    co_return co_await hear_outcome(progress.accepted.size(), result);
}

Task<Result<TransactionResult, DialogueFailure>> SmtpClient::Implementation::send(TransactionRequest request,
                                                                                  BodySource& body) {
    TransactionResult result;
    result.mail = refusal_of_message(request, extensions_);
    if (result.mail) {
        result.is_own = true;
        co_return result;
    }
    auto progress = plan(request);
    CO_TRY_VOID(co_await run_steps(progress));
    CO_TRY_VOID(co_await finish(progress, body, result));
    if (!progress.steps.empty()) ++transactions_;
    result.mail = std::move(progress.mail);
    if (result.mail) co_return result;
    for (auto& reply : progress.recipients) result.recipients.push_back(*std::move(reply));
    co_return result;
}

Task<Result<Reply, DialogueFailure>> SmtpClient::Implementation::probe(ReversePath sender,
                                                                       Mailbox recipient) {
    TransactionRequest request;
    request.sender = std::move(sender);
    request.recipients.push_back(std::move(recipient));
    if (auto refusal = refusal_of_message(request, extensions_)) {
        co_return failure(DialogueFailure{SmtpStage::Mail, std::move(refusal), std::nullopt, "not asked"});
    }
    auto progress = plan(request);
    if (progress.steps.empty()) co_return *std::move(progress.recipients[0]);
    progress.steps.back() = reset_step();  // in place of DATA
    CO_TRY_VOID(co_await run_steps(progress));
    ++transactions_;
    needs_reset_ = false;
    if (progress.mail) {
        auto what = progress.mail->one_line();
        co_return failure(
            DialogueFailure{SmtpStage::Mail, std::move(progress.mail), std::nullopt, std::move(what)});
    }
    co_return *std::move(progress.recipients[0]);
}

}  // namespace cursus
