// What a session needs around it in tests and under the fuzzer: a client made of bytes, a queue in memory
// that can be told to fail, and the events as a list.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accounts/account_authenticator.h"
#include "accounts/tests/memory_credentials.h"
#include "receive/session.h"
#include "sim/world.h"

namespace cursus {

struct KeptMessage {
    MessageId id;
    Envelope envelope;
    std::vector<NewRecipient> recipients;
    std::string text;
};

class MemoryQueue : public Accepting {
public:
    std::optional<QueueErrorKind> begin_error, append_error, commit_error;
    std::vector<KeptMessage> kept;
    std::size_t begun = 0;
    std::size_t open = 0;  // begun, neither committed nor abandoned
    std::uint64_t reserved_max =
        std::numeric_limits<std::uint64_t>::max();  // by one intake, before OverBudget

    Task<Result<std::unique_ptr<Intake>, QueueError>> begin() override {
        if (begin_error) co_return failure(QueueError{*begin_error, "as told"});
        ++begun;
        std::unique_ptr<Intake> intake = std::make_unique<MemoryIntake>(*this, MessageId(begun));
        co_return intake;
    }

private:
    class TextBody : public MessageBody {
    public:
        explicit TextBody(std::string text) : text_(std::move(text)) {}
        std::uint64_t size() const override { return text_.size(); }
        Task<Result<std::shared_ptr<const std::string>, QueueError>> piece(std::uint64_t offset) override {
            constexpr std::size_t octets = 256 * 1024;
            const auto from = std::min<std::uint64_t>(offset, text_.size());
            co_return std::make_shared<const std::string>(text_.substr(from, octets));
        }

    private:
        const std::string text_;
    };
    class MemoryIntake : public Intake {
    public:
        MemoryIntake(MemoryQueue& queue, MessageId id) : queue_(queue), id_(id) { ++queue_.open; }
        ~MemoryIntake() override { --queue_.open; }
        MessageId id() const override { return id_; }
        std::uint64_t size() const override { return text_.size(); }
        Task<Result<void, QueueError>> append(std::string bytes) override {
            if (queue_.append_error) co_return failure(QueueError{*queue_.append_error, "as told"});
            text_ += bytes;
            co_return Result<void, QueueError>{};
        }
        Task<Result<void, QueueError>> reserve(std::uint64_t octets) override {
            reserved_ += octets;
            if (reserved_ > queue_.reserved_max)
                co_return failure(QueueError{QueueErrorKind::OverBudget, "as told"});
            co_return Result<void, QueueError>{};
        }
        Task<Result<void, QueueError>> replace_head(std::uint64_t octets, std::string with) override {
            if (queue_.append_error) co_return failure(QueueError{*queue_.append_error, "as told"});
            text_.replace(0, octets, with);
            co_return Result<void, QueueError>{};
        }
        Task<Result<void, QueueError>> restart() override {
            text_.clear();
            co_return Result<void, QueueError>{};
        }
        std::shared_ptr<MessageBody> so_far() override { return std::make_shared<TextBody>(text_); }
        Task<Result<void, QueueError>> commit(Envelope envelope,
                                              std::vector<NewRecipient> recipients) override {
            if (queue_.commit_error) co_return failure(QueueError{*queue_.commit_error, "as told"});
            queue_.kept.push_back({id_, std::move(envelope), std::move(recipients), std::move(text_)});
            co_return Result<void, QueueError>{};
        }

    private:
        MemoryQueue& queue_;
        MessageId id_;
        std::string text_;
        std::uint64_t reserved_ = 0;
    };
};

class EventList : public EventSink {
public:
    std::vector<MailEvent> all;
    void emit(MailEvent event) noexcept override { all.push_back(std::move(event)); }

    template <class Body>
    std::vector<Body> of() const {
        std::vector<Body> found;
        for (const MailEvent& event : all)
            if (const auto* body = std::get_if<Body>(&event.body)) found.push_back(*body);
        return found;
    }
};

// What the client does next. Bytes arrive in pieces of at most the size that `piece` gives.
enum class ClientAct : std::uint8_t { Sends, StartsTls, Closes, Resets, IsSilent, Pauses };
struct ClientStep {
    ClientAct act = ClientAct::Sends;
    std::string bytes;
    Duration pause{};
};

// The server's end of a connection whose client follows a list. A step begins when the server reads and the
// one before is used up; after the last one the client closes.
class ScriptedStream : public Stream {
public:
    ScriptedStream(Clock& clock, Endpoint peer, Endpoint local) : clock_(clock), peer_(peer), local_(local) {}

    std::deque<ClientStep> steps;
    std::function<std::size_t()> piece = [] { return std::size_t{1} << 20; };
    std::function<void()> on_step = [] {};                             // before a step begins
    std::size_t writes_max = std::numeric_limits<std::size_t>::max();  // after so many the client is gone
    std::string* written = nullptr;
    std::size_t* writes = nullptr;
    bool* was_read_past_end = nullptr;

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant deadline) override {
        CO_TRY_VOID(co_await wait_readable(deadline));
        if (is_closed_by_client()) co_return failure(StreamError::Closed);
        std::string& bytes = steps.front().bytes;
        const std::size_t count = std::min({buffer.size(), bytes.size(), std::max<std::size_t>(piece(), 1)});
        bytes.copy(buffer.data(), count);
        bytes.erase(0, count);
        if (bytes.empty()) finish_step();
        co_return count;
    }
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces, Instant) override {
        if (*writes >= writes_max) co_return failure(StreamError::Reset);
        for (const std::string_view each : pieces) written->append(each);
        ++*writes;
        co_return Result<void, StreamError>{};
    }
    using Stream::write;
    Task<Result<void, StreamError>> wait_readable(Instant deadline) override {
        begin_step();
        if (steps.empty()) *was_read_past_end = true;
        if (is_closed_by_client()) co_return Result<void, StreamError>{};
        if (steps.front().act == ClientAct::Pauses && clock_.now() + steps.front().pause < deadline) {
            co_await clock_.sleep_for(steps.front().pause);
            finish_step();
            begin_step();
            co_return Result<void, StreamError>{};
        }
        switch (steps.front().act) {
            case ClientAct::Sends:
                co_return Result<void, StreamError>{};
            case ClientAct::Resets:
                co_return failure(StreamError::Reset);
            case ClientAct::StartsTls:  // records where a command should be
                steps.front() = {ClientAct::Sends, "\x16\x03\x01"};
                co_return Result<void, StreamError>{};
            case ClientAct::Closes:
            case ClientAct::Pauses:
            case ClientAct::IsSilent:
                break;
        }
        co_await clock_.sleep_until(deadline);
        finish_step();
        co_return failure(StreamError::TimedOut);
    }
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext>, Instant) override {
        begin_step();
        if (steps.empty() || steps.front().act != ClientAct::StartsTls) {
            tls_failure_ = "plaintext where the handshake should be";
            co_return failure(StreamError::Tls);
        }
        finish_step();
        tls_.emplace();
        tls_->protocol = "TLSv1.3";
        tls_->cipher = "TLS_AES_256_GCM_SHA384";
        tls_->cipher_bits = 256;
        co_return Result<void, StreamError>{};
    }
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext>, std::string,
                                                     Instant) override {
        co_return failure(StreamError::Tls);
    }
    const std::optional<TlsFacts>& tls() const override { return tls_; }
    std::string tls_failure() const override { return tls_failure_; }
    Task<void> close(Instant) override {
        on_step();
        co_return;
    }
    void cancel() override {}
    const Endpoint& peer() const override { return peer_; }
    const Endpoint& local() const override { return local_; }

private:
    bool is_closed_by_client() const { return steps.empty() || steps.front().act == ClientAct::Closes; }
    void begin_step() {
        if (!is_in_step_) on_step();
        is_in_step_ = !steps.empty();
    }
    void finish_step() {
        steps.pop_front();
        is_in_step_ = false;
    }

    Clock& clock_;
    Endpoint peer_, local_;
    bool is_in_step_ = false;
    std::optional<TlsFacts> tls_;
    std::string tls_failure_;
};

class FixedTls : public CurrentTls {
public:
    Task<std::shared_ptr<TlsContext>> current() override { co_return std::make_shared<SimTlsContext>(); }
};

// A small site and one session after another against it.
class SessionWorld {
public:
    SessionWorld() {
        settings.hostname = Domain::parse("relay.ancient-rome.net").value();
        settings.domains.local = {Domain::parse("ancient-rome.net").value()};
        settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
        settings.local.users = "any";
        settings.domains.relay = {Domain::parse("provinces.example").value()};
        listener.addresses = {Endpoint{IpAddress::parse("203.0.113.25").value(), 25}};
        listener.name = "mx";
    }

    SimWorld sim;
    Settings settings;
    ListenerSettings listener;
    std::string client = "198.51.100.7";
    MemoryQueue queue;
    Accepting* accepting = &queue;
    Tables tables;
    EventList events;
    std::unique_ptr<Authenticator> authenticator;  // none: there are no accounts
    std::unique_ptr<Countries> countries;          // none: no address's country is known
    std::optional<LoginGuard> guard;               // made with the first session
    std::optional<AccountLimits> limits;
    PolicyParts policy;  // none: rules have nobody to ask

    MemoryCredentials& put_account(std::string name, std::string password) {
        if (credentials == nullptr) {
            auto made = std::make_unique<MemoryCredentials>();
            credentials = made.get();
            authenticator = std::make_unique<AccountAuthenticator>(settings.auth, std::move(made), nullptr,
                                                                   sim.world().random);
        }
        credentials->passwords.insert_or_assign(std::move(name), std::move(password));
        return *credentials;
    }

    std::unique_ptr<ScriptedStream> stream() {
        auto stream =
            std::make_unique<ScriptedStream>(sim.clock(), Endpoint{IpAddress::parse(client).value(), 40'000},
                                             Endpoint{IpAddress::parse("203.0.113.25").value(), 25});
        stream->written = &written;
        stream->writes = &writes;
        stream->was_read_past_end = &was_read_past_end;
        return stream;
    }
    // Runs a session to its end.
    void run(std::unique_ptr<ScriptedStream> with) {
        settings.listeners = {listener};
        const LocalRouting routing(sim.world(), settings, tables);
        if (!guard) guard.emplace(settings.auth);
        if (!limits) limits.emplace(settings.auth, [] {});
        SessionNeeds needs{*accepting, *guard, *limits, events, sim.reactor(), buffers};
        const auto rules = std::make_shared<GroundRules>(settings, routing, tables, authenticator.get(),
                                                         countries.get(), policy);
        const bool has_tls = listener.tls != ListenerTls::None;
        const ConnectionEnds ends{with->peer(), with->local()};
        Session session(needs,
                        Arrival{SessionId(7), rules, 0, has_tls ? &tls : nullptr, ends, std::move(with)});
        sim.run(session.run());
    }
    void run(std::vector<ClientStep> steps) {
        auto with = stream();
        with->steps.assign(steps.begin(), steps.end());
        run(std::move(with));
    }

    std::string written;             // by all sessions
    std::size_t writes = 0;          // in so many writes
    bool was_read_past_end = false;  // a session asked for more than its client had to say
    BufferPool buffers;
    FixedTls tls;

private:
    MemoryCredentials* credentials = nullptr;
};

}  // namespace cursus
