#include "main/imagined_session.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "accounts/account_limits.h"
#include "accounts/login_guard.h"
#include "base/text.h"
#include "mail/xtext.h"
#include "receive/session.h"

namespace cursus {
namespace {

// What the client says, if what it has heard before lets it.
enum class If : std::uint8_t { Always, SenderTaken, ToldToSend };
struct Line {
    std::string octets;
    If when = If::Always;
};

// A client that says its next line when it has heard the reply to the one before.
class ImaginedStream final : public Stream {
public:
    ImaginedStream(std::deque<Line> lines, TlsFacts handshake, const ConnectionEnds& ends,
                   std::vector<Told>& told)
        : lines_(std::move(lines)), handshake_(std::move(handshake)), ends_(ends), told_(told) {}

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant) override {
        if (rest_.empty() && !next_line()) co_return failure(StreamError::Closed);
        const std::size_t count = std::min(buffer.size(), rest_.size());
        rest_.copy(buffer.data(), count);
        rest_.erase(0, count);
        co_return count;
    }
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces, Instant) override {
        std::string replies;
        for (const auto piece : pieces) replies += piece;
        for (std::size_t from = 0; from < replies.size();) {
            const auto end = std::min(replies.find(line_end, from), replies.size());
            told_.push_back({Told::Who::Server, replies.substr(from, end - from), {}});
            hear(told_.back().line);
            from = end + line_end.size();
        }
        co_return Result<void, StreamError>{};
    }
    using Stream::write;
    Task<Result<void, StreamError>> wait_readable(Instant) override { co_return Result<void, StreamError>{}; }
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext>, Instant) override {
        tls_ = handshake_;
        co_return Result<void, StreamError>{};
    }
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext>, std::string,
                                                     Instant) override {
        co_return failure(StreamError::Tls);
    }
    const std::optional<TlsFacts>& tls() const override { return tls_; }
    std::string tls_failure() const override { return {}; }
    Task<void> close(Instant) override { co_return; }
    void cancel() override {}
    const Endpoint& peer() const override { return ends_.client; }
    const Endpoint& local() const override { return ends_.server; }

private:
    bool next_line() {
        while (!lines_.empty()) {
            Line line = std::move(lines_.front());
            lines_.pop_front();
            if (line.when == If::SenderTaken && !is_sender_taken_) continue;
            if (line.when == If::ToldToSend && last_code_ != "354") continue;
            rest_ = std::move(line.octets);
            is_mail_ = rest_.starts_with("MAIL ");
            is_message_ = line.when == If::ToldToSend;
            told_.push_back({Told::Who::Client,
                             is_message_ ? "(the message)" : rest_.substr(0, rest_.find(line_end)),
                             {}});
            return true;
        }
        return false;
    }
    void hear(const std::string& reply) {
        last_code_ = reply.substr(0, 3);
        if (is_mail_) is_sender_taken_ = last_code_.starts_with('2');
        if (is_message_) is_sender_taken_ = false;
    }

    std::deque<Line> lines_;
    std::string rest_, last_code_;
    bool is_mail_ = false, is_message_ = false;  // what was said last
    bool is_sender_taken_ = false;               // and the transaction has not ended
    TlsFacts handshake_;
    ConnectionEnds ends_;
    std::vector<Told>& told_;
    std::optional<TlsFacts> tls_;
};

// Of an imagined stream, which looks at no context.
class ImaginedTls final : public CurrentTls {
public:
    Task<std::shared_ptr<TlsContext>> current() override {
        std::shared_ptr<TlsContext> context = std::make_shared<Context>();
        co_return context;
    }

private:
    class Context final : public TlsContext {
    public:
        const std::vector<TlsCertificateFacts>& certificates() const override { return none_; }

    private:
        std::vector<TlsCertificateFacts> none_;
    };
};

// Holds a message as long as it is looked at.
class ImaginedBody final : public MessageBody {
public:
    explicit ImaginedBody(std::string text) : text_(std::make_shared<const std::string>(std::move(text))) {}
    std::uint64_t size() const override { return text_->size(); }
    Task<Result<std::shared_ptr<const std::string>, QueueError>> piece(std::uint64_t offset) override {
        constexpr std::size_t piece_octets = std::size_t{256} * 1024;
        if (offset >= text_->size()) co_return std::make_shared<const std::string>();
        co_return std::make_shared<const std::string>(text_->substr(offset, piece_octets));
    }

private:
    std::shared_ptr<const std::string> text_;
};

class ImaginedIntake final : public Intake {
public:
    MessageId id() const override { return MessageId(1); }
    std::uint64_t size() const override { return text_.size(); }
    Task<Result<void, QueueError>> append(std::string bytes) override {
        text_ += bytes;
        co_return Result<void, QueueError>{};
    }
    Task<Result<void, QueueError>> reserve(std::uint64_t) override { co_return Result<void, QueueError>{}; }
    Task<Result<void, QueueError>> replace_head(std::uint64_t octets, std::string with) override {
        text_.replace(0, octets, with);
        co_return Result<void, QueueError>{};
    }
    Task<Result<void, QueueError>> restart() override {
        text_.clear();
        co_return Result<void, QueueError>{};
    }
    std::shared_ptr<MessageBody> so_far() override { return std::make_shared<ImaginedBody>(text_); }
    Task<Result<void, QueueError>> commit(Envelope, std::vector<NewRecipient>) override {
        co_return Result<void, QueueError>{};
    }

private:
    std::string text_;
};

class Nowhere final : public Accepting {
public:
    Task<Result<std::unique_ptr<Intake>, QueueError>> begin() override {
        std::unique_ptr<Intake> intake = std::make_unique<ImaginedIntake>();
        co_return intake;
    }
};

class ToldEvents final : public EventSink {
public:
    explicit ToldEvents(std::vector<Told>& told) : told_(told) {}
    void emit(MailEvent event) noexcept override {
        told_.push_back({Told::Who::Event, {}, std::move(event.body)});
    }

private:
    std::vector<Told>& told_;
};

// RFC 5321 §4.5.2, and the line that ends it.
std::string as_data(std::string_view message) {
    std::string data;
    while (!message.empty()) {
        const auto end = message.find(line_end);
        const auto line = message.substr(0, end);
        if (line.starts_with('.')) data += '.';
        data += line;
        data += line_end;
        message.remove_prefix(end == std::string_view::npos ? message.size() : end + line_end.size());
    }
    return data + ".\r\n";
}

// What the client says at MAIL: SIZE, and what it needs for octets beyond ASCII in the message (RFC 6152) and
// in addresses (RFC 6531).
std::string parameters_of(const ImaginedMail& mail) {
    std::string parameters;
    if (mail.declared_size != 0) parameters += fmt::format(" SIZE={}", mail.declared_size);
    if (mail.message && !is_ascii(*mail.message)) parameters += " BODY=8BITMIME";
    const auto is_plain = [](const std::string& address) { return is_ascii(address); };
    const bool needs_utf8 = !is_plain(mail.sender) || !std::ranges::all_of(mail.recipients, is_plain);
    if (needs_utf8) parameters += " SMTPUTF8";
    return parameters;
}

std::deque<Line> script(const ImaginedClient& client, const ListenerSettings& listener) {
    std::deque<Line> lines;
    const auto say = [&lines](const std::string& line, If when = If::Always) {
        lines.push_back({line + "\r\n", when});
    };
    const std::string hello =
        fmt::format("{} {}", listener.service == Service::Lmtp ? "LHLO" : "EHLO", client.helo);
    if (client.tls && listener.tls != ListenerTls::Implicit && !client.helo.empty()) {
        say(hello);
        say("STARTTLS");
    }
    if (!client.account.empty())
        say(fmt::format("XCLIENT ADDR={} LOGIN={}", client.address.address.text(),
                        encode_xtext(client.account)));
    if (!client.helo.empty()) say(hello);
    for (const auto& mail : client.mails) {
        say("RSET", If::SenderTaken);
        say(fmt::format("MAIL FROM:<{}>{}", mail.sender, parameters_of(mail)));
        for (const auto& recipient : mail.recipients)
            say(fmt::format("RCPT TO:<{}>", recipient), If::SenderTaken);
        if (!mail.message) continue;
        say("DATA", If::SenderTaken);
        lines.push_back({as_data(*mail.message), If::ToldToSend});
    }
    say("QUIT");
    return lines;
}

}  // namespace

TlsFacts imagined_tls() {
    TlsFacts facts;
    facts.protocol = "TLSv1.3";
    facts.cipher = "TLS_AES_256_GCM_SHA384";
    return facts;
}

Task<std::vector<Told>> imagine_session(World& world, std::shared_ptr<const GroundRules> rules,
                                        std::size_t listener, ImaginedClient client,
                                        std::vector<HeldAccount> held) {
    std::vector<Told> told;
    Nowhere nowhere;
    LoginGuard guard(rules->settings.auth);
    AccountLimits limits(rules->settings.auth, [] {});
    limits.restore(std::move(held));
    ToldEvents events(told);
    BufferPool buffers;
    SessionNeeds needs{nowhere, guard, limits, events, *world.reactors.front(), buffers};
    const auto& settings = rules->settings.listeners[listener];
    ConnectionEnds ends{client.address, {}};
    if (const auto* endpoint = std::get_if<Endpoint>(&settings.addresses.front())) ends.server = *endpoint;
    ImaginedTls tls;
    auto stream = std::make_unique<ImaginedStream>(script(client, settings),
                                                   client.tls.value_or(imagined_tls()), ends, told);
    CurrentTls* const offered = settings.tls == ListenerTls::None ? nullptr : &tls;
    Session session(needs,
                    Arrival{SessionId(1), std::move(rules), listener, offered, ends, std::move(stream)});
    co_await session.run();
    co_return told;
}

}  // namespace cursus
