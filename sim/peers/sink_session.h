// One dialogue of a sink with a client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/peers/smtp_sink.h"

namespace cursus {

class SinkSession {
public:
    SinkSession(SmtpSink& sink, std::unique_ptr<Stream> stream, Clock& clock);
    Task<void> run();

private:
    enum class Next : std::uint8_t { GoOn, Stop };

    Task<Next> handle(std::string line);
    Task<Next> ehlo(bool extended);
    Task<Next> mail(std::string argument);
    Task<Next> rcpt(std::string argument);
    Task<Next> data();
    Task<Next> bdat(std::string argument);
    Task<Next> start_tls();
    Task<Next> auth(std::string line);
    Task<Next> finish_message();
    Task<Next> finish_for_each();
    Task<Result<void, StreamError>> read_body();
    // The reply, or what the trouble makes of it.
    Task<Next> answer(std::optional<SinkTrouble> trouble, std::string reply);
    Task<Next> say(std::string reply);
    Task<Next> stay_silent();
    Next break_off();
    void reset_transaction();
    void confirm();

    SmtpSink& sink_;
    std::unique_ptr<Stream> stream_;
    Clock& clock_;
    LineStream lines_;
    std::string sender_;
    bool has_sender_ = false, is_logged_in_ = false;
    Instant began_{};
    std::string mail_parameters_;
    std::vector<std::string> recipients_;
    std::string text_;
    std::optional<std::size_t> unconfirmed_;  // of the sink's messages
};

}  // namespace cursus
