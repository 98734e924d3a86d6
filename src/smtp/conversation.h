// Lines to a peer and replies from it, over a Stream, each reply within a time of its own.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "mail/reply_parser.h"
#include "smtp/client.h"

namespace cursus {

class Conversation {
public:
    Conversation(std::unique_ptr<Stream> stream, Clock& clock) : stream_(std::move(stream)), clock_(clock) {}

    // Writes all of it. What `bytes` and `pieces` point at must live until this returns.
    Task<Result<void, DialogueFailure>> say(SmtpStage stage, std::string_view bytes, Duration timeout);
    Task<Result<void, DialogueFailure>> say(SmtpStage stage, std::span<const std::string_view> pieces,
                                            Duration timeout);
    // The next reply, complete within `timeout` however slowly it drips. 421 is a failure: the peer is
    // closing (RFC 5321 §3.8).
    Task<Result<Reply, DialogueFailure>> hear(SmtpStage stage, Duration timeout);
    Task<Result<Reply, DialogueFailure>> ask(SmtpStage stage, std::string_view line, Duration timeout);

    Task<Result<void, DialogueFailure>> start_tls(std::shared_ptr<TlsContext> context,
                                                  std::string server_name, Duration timeout);
    // Bytes have come that answer nothing.
    bool has_unheard() const { return !unheard_.empty() || !parser_.is_between_replies(); }
    bool is_open() const { return is_open_; }
    DialogueFailure broken(SmtpStage stage, std::string what);  // the peer broke the protocol: no more use
    void give_up() { is_open_ = false; }
    Task<void> close(Duration timeout);

    const Stream& stream() const { return *stream_; }
    void cancel() { stream_->cancel(); }

private:
    DialogueFailure lost(SmtpStage stage, StreamError error);

    std::unique_ptr<Stream> stream_;
    Clock& clock_;
    ReplyParser parser_;
    std::array<char, 4096> buffer_;
    std::string_view unheard_;  // within buffer_
    bool is_open_ = true;
};

}  // namespace cursus
