#include "smtp/client.h"

#include <algorithm>
#include <cassert>

#include "smtp/implementation.h"

namespace cursus {
namespace {

bool says_no_ehlo(const Reply& reply) {
    return reply.code() == 500 || reply.code() == 501 || reply.code() == 502 || reply.code() == 504;
}

}  // namespace

const Reply& TransactionResult::outcome(std::size_t i) const {
    if (mail) return *mail;
    const auto& own = recipients.at(i);
    if (!own.is_positive()) return own;
    if (data) return *data;
    return lmtp.at(accepted_before(i));
}

bool TransactionResult::is_unheard(std::size_t i) const {
    return !mail && !data && recipients.at(i).is_positive() && accepted_before(i) >= lmtp_heard;
}

std::size_t TransactionResult::accepted_before(std::size_t i) const {
    return static_cast<std::size_t>(std::count_if(recipients.begin(),
                                                  recipients.begin() + static_cast<std::ptrdiff_t>(i),
                                                  [](const Reply& reply) { return reply.is_positive(); }));
}

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::greet() {
    CO_TRY(greeting, co_await talk_.hear(SmtpStage::Greeting, timeouts_.greeting));
    if (says_no(greeting)) co_return failure(refused(SmtpStage::Greeting, std::move(greeting)));
    if (greeting.code() != 220) {
        co_return failure(talk_.broken(SmtpStage::Greeting, "no greeting: " + greeting.one_line()));
    }
    co_return co_await hello();
}

// RFC 5321 §4.1.1.1, §3.2; RFC 2033 §4.1.
Task<Result<void, DialogueFailure>> SmtpClient::Implementation::hello() {
    is_greeted_ = false;
    extensions_ = {};
    const std::string hello_line = (dialect_ == Dialect::Lmtp ? "LHLO " : "EHLO ") + own_name_ + "\r\n";
    CO_TRY(answer, co_await talk_.ask(SmtpStage::Ehlo, hello_line, timeouts_.ehlo));
    if (answer.is_positive()) {
        extensions_ = read_extensions(answer);
    } else if (dialect_ == Dialect::Smtp && says_no_ehlo(answer)) {
        const std::string old_line = "HELO " + own_name_ + "\r\n";
        CO_TRY(old_answer, co_await talk_.ask(SmtpStage::Ehlo, old_line, timeouts_.ehlo));
        if (says_no(old_answer)) co_return failure(refused(SmtpStage::Ehlo, std::move(old_answer)));
        answer = std::move(old_answer);
    }
    if (says_no(answer)) co_return failure(refused(SmtpStage::Ehlo, std::move(answer)));
    if (!answer.is_positive()) co_return failure(talk_.broken(SmtpStage::Ehlo, answer.one_line()));
    is_greeted_ = true;
    co_return Result<void, DialogueFailure>{};
}

// RFC 3207 §4.
Task<Result<void, DialogueFailure>> SmtpClient::Implementation::start_tls(std::shared_ptr<TlsContext> context,
                                                                          std::string server_name) {
    CO_TRY(answer, co_await talk_.ask(SmtpStage::StartTls, "STARTTLS\r\n", timeouts_.ehlo));
    if (says_no(answer)) co_return failure(refused(SmtpStage::StartTls, std::move(answer)));
    if (answer.code() != 220) co_return failure(talk_.broken(SmtpStage::StartTls, answer.one_line()));
    // Whoever sits in between could put replies here that would pass for protected ones (CVE-2021-38371).
    if (talk_.has_unheard()) {
        co_return failure(
            talk_.broken(SmtpStage::StartTls, "replies came in the clear behind the one to STARTTLS"));
    }
    CO_TRY_VOID(co_await talk_.start_tls(std::move(context), std::move(server_name), timeouts_.ehlo));
    co_return co_await hello();
}

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::begin_with_tls(
    std::shared_ptr<TlsContext> context, std::string server_name) {
    co_return co_await talk_.start_tls(std::move(context), std::move(server_name), timeouts_.greeting);
}

bool SmtpClient::Implementation::is_usable() const {
    const bool may_send_more = !extensions_.mail_max || transactions_ < *extensions_.mail_max;  // RFC 9422 §5
    return is_greeted_ && talk_.is_open() && !talk_.has_unheard() && may_send_more;
}

Task<void> SmtpClient::Implementation::quit() {
    // RFC 5321 §4.1.1.10. Whatever comes back, and nothing at all, will do.
    if (talk_.is_open()) {
        [[maybe_unused]] const auto goodbye = co_await talk_.ask(SmtpStage::Quit, "QUIT\r\n", timeouts_.quit);
    }
    co_await talk_.close(timeouts_.quit);
}

SmtpClient::SmtpClient(std::unique_ptr<Stream> stream, Clock& clock, Dialect dialect, std::string own_name,
                       SmtpTimeouts timeouts)
    : implementation_(std::make_unique<Implementation>(std::move(stream), clock, dialect, std::move(own_name),
                                                       timeouts)) {}

SmtpClient::~SmtpClient() = default;

Task<Result<void, DialogueFailure>> SmtpClient::greet() {
    return implementation_->greet();
}

Task<Result<void, DialogueFailure>> SmtpClient::start_tls(std::shared_ptr<TlsContext> context,
                                                          std::string server_name) {
    return implementation_->start_tls(std::move(context), std::move(server_name));
}

Task<Result<TransactionResult, DialogueFailure>> SmtpClient::send(TransactionRequest request,
                                                                  BodySource& body) {
    return implementation_->send(std::move(request), body);
}

Task<Result<Reply, DialogueFailure>> SmtpClient::probe(ReversePath sender, Mailbox recipient) {
    return implementation_->probe(std::move(sender), std::move(recipient));
}

Task<void> SmtpClient::quit() {
    return implementation_->quit();
}

Task<Result<void, DialogueFailure>> SmtpClient::begin_with_tls(std::shared_ptr<TlsContext> context,
                                                               std::string server_name) {
    return implementation_->begin_with_tls(std::move(context), std::move(server_name));
}

Task<Result<void, DialogueFailure>> SmtpClient::log_in(Mechanism mechanism, LoginAs who) {
    return implementation_->log_in(mechanism, std::move(who));
}

const Extensions& SmtpClient::extensions() const {
    return implementation_->extensions();
}

const Stream& SmtpClient::stream() const {
    return implementation_->talk().stream();
}

bool SmtpClient::is_usable() const {
    return implementation_->is_usable();
}

bool SmtpClient::is_open() const {
    return implementation_->talk().is_open();
}

std::size_t SmtpClient::transactions() const {
    return implementation_->transactions();
}

void SmtpClient::cancel() {
    implementation_->talk().cancel();
}

}  // namespace cursus
