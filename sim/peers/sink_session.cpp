#include "sim/peers/sink_session.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sim/sim_stream.h"

namespace cursus {

namespace {

constexpr Duration between_replies = std::chrono::seconds{1};
constexpr Duration between_dripped_bytes = std::chrono::seconds{10};
constexpr std::size_t body_bytes_before_reset = 512;
constexpr Duration longest_silence = std::chrono::hours{2};

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

// What stands between the first "<" and the last ">" before the parameters.
std::string path_of(std::string_view argument) {
    const auto open = argument.find('<'), close = argument.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::string(argument);
    return std::string(argument.substr(open + 1, close - open - 1));
}

std::optional<std::uint64_t> size_of(std::string_view argument) {
    const auto upper_case = upper(argument);
    const auto at = upper_case.find(" SIZE=");
    if (at == std::string::npos) return std::nullopt;
    std::uint64_t size = 0;
    std::from_chars(upper_case.data() + at + 6, upper_case.data() + upper_case.size(), size);
    return size;
}

// Nothing is wrong, or only slow.
bool is_granted(const std::optional<SinkTrouble>& trouble) {
    return !trouble || trouble->action == SinkAction::Drip;
}

}  // namespace

SinkSession::SinkSession(SmtpSink& sink, std::unique_ptr<Stream> stream, Clock& clock)
    : sink_(sink), stream_(std::move(stream)), clock_(clock), lines_(*stream_, clock, SmtpSink::patience) {}

Task<void> SinkSession::run() {
    auto next =
        co_await answer(sink_.trouble_at(SinkStage::Greeting), "220 " + sink_.name() + " ESMTP simulated");
    while (next == Next::GoOn) {
        auto line = co_await lines_.line();
        if (!line) co_return;
        confirm();
        next = co_await handle(std::move(*line));
    }
}

Task<SinkSession::Next> SinkSession::handle(std::string line) {
    const auto verb = upper(line.substr(0, line.find(' ')));
    const auto argument = line.size() > verb.size() ? line.substr(verb.size() + 1) : std::string();
    const bool is_lmtp = sink_.dialect_ == Dialect::Lmtp;
    const std::string_view hello = is_lmtp ? "LHLO" : "EHLO";
    if (verb == hello) co_return co_await ehlo(true);
    if (verb == "HELO" && !is_lmtp) co_return co_await ehlo(false);
    if (verb == "AUTH" && !sink_.behaviour().login.empty()) co_return co_await auth(line);
    if (verb == "MAIL") co_return co_await mail(argument);
    if (verb == "RCPT") co_return co_await rcpt(argument);
    if (verb == "DATA") co_return co_await data();
    if (verb == "BDAT") co_return co_await bdat(argument);
    if (verb == "STARTTLS" && !sink_.behaviour().tls_certificate.empty()) co_return co_await start_tls();
    if (verb == "RSET") reset_transaction();
    if (verb == "RSET" || verb == "NOOP") co_return co_await say("250 2.0.0 Ok");
    if (verb != "QUIT") co_return co_await say("500 5.5.2 What?");
    const auto said = co_await say("221 2.0.0 Bye");
    if (said == Next::Stop) co_return said;
    const Instant deadline = clock_.now() + SmtpSink::patience;
    co_await stream_->close(deadline);
    co_return Next::Stop;
}

Task<SinkSession::Next> SinkSession::ehlo(bool extended) {
    reset_transaction();
    const auto& behaviour = sink_.behaviour();
    if (!behaviour.esmtp && extended) co_return co_await say("502 5.5.1 Unknown");
    if (!extended) co_return co_await answer(sink_.trouble_at(SinkStage::Ehlo), "250 " + sink_.name());
    std::string reply = "250-" + sink_.name() + "\r\n";
    if (behaviour.pipelining) reply += "250-PIPELINING\r\n";
    if (behaviour.smtputf8) reply += "250-SMTPUTF8\r\n";
    if (behaviour.size_max) reply += "250-SIZE " + std::to_string(*behaviour.size_max) + "\r\n";
    for (const auto& extension : behaviour.extensions) reply += "250-" + extension + "\r\n";
    if (!behaviour.tls_certificate.empty() && !stream_->tls()) reply += "250-STARTTLS\r\n";
    if (!behaviour.login.empty()) reply += "250-AUTH PLAIN\r\n";
    co_return co_await answer(sink_.trouble_at(SinkStage::Ehlo),
                              reply + "250-8BITMIME\r\n250 ENHANCEDSTATUSCODES");
}

Task<SinkSession::Next> SinkSession::start_tls() {
    TlsServerSettings settings;
    settings.certificate_chain = sink_.behaviour().tls_certificate;
    auto context = sink_.tls_.server(settings);
    if (!context) co_return co_await say("454 4.7.0 Not now");
    const auto said = co_await say("220 2.0.0 Go ahead");
    if (said == Next::Stop) co_return said;
    lines_.forget();
    const Instant deadline = clock_.now() + SmtpSink::patience;
    const auto done = co_await stream_->start_tls_server(*context, deadline);
    reset_transaction();
    co_return done ? Next::GoOn : Next::Stop;
}

Task<SinkSession::Next> SinkSession::auth(std::string line) {
    ++sink_.logins_;
    is_logged_in_ = line == sink_.behaviour().login;
    co_return co_await say(is_logged_in_ ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong");
}

Task<SinkSession::Next> SinkSession::mail(std::string argument) {
    const auto& behaviour = sink_.behaviour();
    if (!behaviour.login.empty() && !is_logged_in_) co_return co_await say("530 5.7.0 Log in first");
    const auto size = size_of(argument);
    if (behaviour.size_max && size && *size > *behaviour.size_max) {
        co_return co_await say("552 5.3.4 Too big for me");
    }
    const auto trouble = sink_.trouble_at(SinkStage::Mail);
    if (is_granted(trouble)) {
        sender_ = path_of(argument);
        has_sender_ = true;
        began_ = clock_.now();
        const auto space = argument.find(' ', argument.find('>'));
        mail_parameters_ = space == std::string::npos ? "" : argument.substr(space + 1);
    }
    co_return co_await answer(trouble, "250 2.1.0 Ok");
}

Task<SinkSession::Next> SinkSession::rcpt(std::string argument) {
    const auto recipient = path_of(argument);
    const auto& behaviour = sink_.behaviour();
    if (!has_sender_) co_return co_await say("503 5.5.1 MAIL first");
    if (behaviour.unknown.contains(recipient)) co_return co_await say("550 5.1.1 Nobody here by that name");
    if (behaviour.full.contains(recipient)) co_return co_await say("452 4.2.2 Mailbox full");
    if (sink_.is_greylisted(stream_->peer().address, sender_, recipient)) {
        co_return co_await say("451 4.7.1 Greylisted, come back later");
    }
    const auto trouble = sink_.trouble_at(SinkStage::Rcpt);
    if (is_granted(trouble)) recipients_.push_back(recipient);
    co_return co_await answer(trouble, "250 2.1.5 Ok");
}

Task<SinkSession::Next> SinkSession::data() {
    if (recipients_.empty()) co_return co_await say("503 5.5.1 RCPT first");
    const auto trouble = sink_.trouble_at(SinkStage::Data);
    const auto next = co_await answer(trouble, "354 Go on");
    if (next == Next::Stop || !is_granted(trouble)) co_return next;
    const auto read = co_await read_body();
    if (!read) co_return Next::Stop;
    co_return co_await finish_message();
}

Task<Result<void, StreamError>> SinkSession::read_body() {
    const auto trouble = sink_.trouble_at(SinkStage::Body);
    while (true) {
        auto line = co_await lines_.line();
        if (!line) co_return failure(line.error());
        if (*line == ".") co_return Result<void, StreamError>{};
        text_ += line->starts_with('.') ? line->substr(1) : *line;
        text_ += "\r\n";
        if (!trouble || text_.size() < body_bytes_before_reset) continue;
        if (trouble->action == SinkAction::Silence) {
            co_await stay_silent();
        } else if (trouble->action == SinkAction::Reply) {
            co_await say(trouble->reply);
            co_await stream_->close(clock_.now() + SmtpSink::patience);
        } else {
            break_off();
        }
        co_return failure(StreamError::Reset);
    }
}

Task<SinkSession::Next> SinkSession::bdat(std::string argument) {
    std::size_t size = 0;
    std::from_chars(argument.data(), argument.data() + argument.size(), size);
    auto block = co_await lines_.block(size);
    if (!block) co_return Next::Stop;
    if (recipients_.empty()) co_return co_await say("503 5.5.1 RCPT first");
    text_ += *block;
    if (!upper(argument).ends_with(" LAST")) co_return co_await say("250 2.0.0 Ok");
    co_return co_await finish_message();
}

Task<SinkSession::Next> SinkSession::finish_message() {
    const auto& behaviour = sink_.behaviour();
    const auto trouble = sink_.trouble_at(SinkStage::FinalDot);
    if (behaviour.size_max && text_.size() > *behaviour.size_max) {
        reset_transaction();
        co_return co_await say("552 5.3.4 Too big for me");
    }
    if (is_granted(trouble) && sink_.dialect_ == Dialect::Lmtp) co_return co_await finish_for_each();
    const bool is_kept =
        is_granted(trouble) || trouble->action == SinkAction::Reset || trouble->action == SinkAction::Silence;
    if (is_kept) {
        sink_.messages_.push_back({clock_.now(), stream_->peer().address, sender_, recipients_, text_,
                                   stream_->tls().has_value(), SunkMessage::Answer::None, began_,
                                   mail_parameters_});
    }
    const std::size_t number = sink_.messages_.size() - 1;
    reset_transaction();
    if (!is_granted(trouble)) {
        if (trouble->action == SinkAction::Silence) co_return co_await stay_silent();
        if (trouble->action != SinkAction::Reply) co_return break_off();
        co_return co_await say(trouble->reply);
    }
    if (trouble.has_value()) {
        const auto dripped = co_await lines_.drip("250 2.0.0 Kept\r\n", between_dripped_bytes);
        if (!dripped) co_return Next::Stop;
    }
    sink_.messages_[number].answer = SunkMessage::Answer::Sent;
    unconfirmed_ = number;
    if (trouble.has_value()) co_return Next::GoOn;
    co_return co_await say("250 2.0.0 Kept");
}

// RFC 2033 §4.2.
Task<SinkSession::Next> SinkSession::finish_for_each() {
    SunkMessage kept{clock_.now(),
                     stream_->peer().address,
                     sender_,
                     {},
                     text_,
                     stream_->tls().has_value(),
                     SunkMessage::Answer::Sent,
                     began_,
                     mail_parameters_};
    const auto recipients = std::exchange(recipients_, {});
    reset_transaction();
    auto next = Next::GoOn;
    for (const auto& recipient : recipients) {
        const auto found = sink_.behaviour().final_replies.find(recipient);
        const std::string reply =
            found == sink_.behaviour().final_replies.end() ? "250 2.0.0 Kept" : found->second;
        if (reply.starts_with('2')) kept.recipients.push_back(recipient);
        if (reply.empty()) {
            co_await clock_.sleep_for(between_replies);  // what was said before arrives
            next = break_off();
        }
        if (next == Next::GoOn) next = co_await say(reply);
        if (next == Next::Stop) break;
    }
    if (!kept.recipients.empty()) sink_.messages_.push_back(std::move(kept));
    co_return next;
}

Task<SinkSession::Next> SinkSession::answer(std::optional<SinkTrouble> trouble, std::string reply) {
    if (!trouble) co_return co_await say(std::move(reply));
    switch (trouble->action) {
        case SinkAction::Reply:
            co_return co_await say(trouble->reply);
        case SinkAction::Reset:
        case SinkAction::ResetForgetting:
            co_return break_off();
        case SinkAction::Silence:
            co_return co_await stay_silent();
        case SinkAction::Drip: {
            reply += "\r\n";
            const auto dripped = co_await lines_.drip(reply, between_dripped_bytes);
            co_return dripped ? Next::GoOn : Next::Stop;
        }
    }
    std::unreachable();
}

Task<SinkSession::Next> SinkSession::say(std::string reply) {
    reply += "\r\n";
    const auto written = co_await lines_.write(reply);
    if (!written) co_return Next::Stop;
    if (!reply.starts_with("421")) co_return Next::GoOn;
    const Instant deadline = clock_.now() + SmtpSink::patience;
    co_await stream_->close(deadline);
    co_return Next::Stop;
}

Task<SinkSession::Next> SinkSession::stay_silent() {
    const Instant end = clock_.now() + longest_silence;
    while (clock_.now() < end) {
        const auto line = co_await lines_.line();
        if (!line && line.error() != StreamError::TimedOut) break;
    }
    co_return Next::Stop;
}

SinkSession::Next SinkSession::break_off() {
    static_cast<SimStream&>(*stream_).reset();
    return Next::Stop;
}

void SinkSession::reset_transaction() {
    has_sender_ = false;
    sender_.clear();
    recipients_.clear();
    text_.clear();
}

void SinkSession::confirm() {
    if (!unconfirmed_) return;
    sink_.messages_[*unconfirmed_].answer = SunkMessage::Answer::Confirmed;
    unconfirmed_.reset();
}

}  // namespace cursus
