#include "smtp/conversation.h"

#include <fmt/format.h>

namespace cursus {

std::string_view describe(SmtpStage stage) {
    switch (stage) {
        case SmtpStage::Connect:
            return "the connection";
        case SmtpStage::Greeting:
            return "the greeting";
        case SmtpStage::Ehlo:
            return "the reply to EHLO";
        case SmtpStage::StartTls:
            return "the reply to STARTTLS";
        case SmtpStage::Auth:
            return "the reply to AUTH";
        case SmtpStage::Mail:
            return "the reply to MAIL";
        case SmtpStage::Rcpt:
            return "the reply to RCPT";
        case SmtpStage::Data:
            return "the reply to DATA";
        case SmtpStage::Body:
            return "the message being sent";
        case SmtpStage::FinalDot:
            return "the reply to the message";
        case SmtpStage::Quit:
            return "the reply to QUIT";
    }
    std::unreachable();
}

DialogueFailure Conversation::broken(SmtpStage stage, std::string what) {
    is_open_ = false;
    return {stage, std::nullopt, std::nullopt, std::move(what)};
}

DialogueFailure Conversation::lost(SmtpStage stage, StreamError error) {
    is_open_ = false;
    return {stage, std::nullopt, error, std::string(describe(error))};
}

Task<Result<void, DialogueFailure>> Conversation::say(SmtpStage stage, std::string_view bytes,
                                                      Duration timeout) {
    const auto written = co_await stream_->write(bytes, clock_.now() + timeout);
    if (!written) co_return failure(lost(stage, written.error()));
    co_return Result<void, DialogueFailure>{};
}

Task<Result<void, DialogueFailure>> Conversation::say(SmtpStage stage,
                                                      std::span<const std::string_view> pieces,
                                                      Duration timeout) {
    const auto written = co_await stream_->write(pieces, clock_.now() + timeout);
    if (!written) co_return failure(lost(stage, written.error()));
    co_return Result<void, DialogueFailure>{};
}

Task<Result<Reply, DialogueFailure>> Conversation::hear(SmtpStage stage, Duration timeout) {
    const Instant deadline = clock_.now() + timeout;
    while (true) {
        auto reply = parser_.next(unheard_);
        if (reply && !*reply) co_return failure(broken(stage, std::string(describe(reply->error()))));
        if (reply) {
            if ((*reply)->code() != 421) co_return std::move(**reply);
            is_open_ = false;
            auto what = (*reply)->one_line();
            co_return failure(DialogueFailure{stage, std::move(**reply), std::nullopt, std::move(what)});
        }
        const auto length = co_await stream_->read_some(buffer_, deadline);
        if (!length) co_return failure(lost(stage, length.error()));
        unheard_ = std::string_view(buffer_.data(), *length);
    }
}

Task<Result<Reply, DialogueFailure>> Conversation::ask(SmtpStage stage, std::string_view line,
                                                       Duration timeout) {
    CO_TRY_VOID(co_await say(stage, line, timeout));
    co_return co_await hear(stage, timeout);
}

Task<Result<void, DialogueFailure>> Conversation::start_tls(std::shared_ptr<TlsContext> context,
                                                            std::string server_name, Duration timeout) {
    const Instant deadline = clock_.now() + timeout;
    const auto done =
        co_await stream_->start_tls_client(std::move(context), std::move(server_name), deadline);
    if (!done) {
        auto trouble = lost(SmtpStage::StartTls, done.error());
        if (done.error() == StreamError::Tls)
            trouble.what = fmt::format("{}: {}", trouble.what, stream_->tls_failure());
        co_return failure(std::move(trouble));
    }
    co_return Result<void, DialogueFailure>{};
}

Task<void> Conversation::close(Duration timeout) {
    is_open_ = false;
    co_await stream_->close(clock_.now() + timeout);
}

}  // namespace cursus
