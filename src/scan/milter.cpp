#include "scan/milter.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/server_pool.h"

namespace cursus {
namespace {

constexpr Duration farewell_time = std::chrono::seconds{1};
// What nobody answers is gathered to so much.
constexpr std::size_t waiting_octets_max = 64 * 1024;

bool is_of_client(MilterCommand command) {
    return command == MilterCommand::Connect || command == MilterCommand::Helo;
}

// What comes more than once in a message, and may be enough at some time.
bool may_be_enough(MilterCommand command) {
    return command == MilterCommand::Rcpt || command == MilterCommand::Header ||
           command == MilterCommand::Body;
}

}  // namespace

Task<Result<MilterVerdict, MilterTrouble>> MilterSession::ask(MilterQuestion question,
                                                              const MilterMacros& macros) {
    if (phase_ == Phase::Broken) co_return failure(breaks(why_broken_));
    const auto ready = co_await make_ready(question.command);
    if (!ready) co_return failure(breaks(ready.error()));
    if (!is_asked(question.command)) co_return MilterVerdict{};
    auto answer = co_await step(question.command, question.data, macros);
    if (phase_ == Phase::Closed) co_await quit();
    co_return answer;
}

Task<MilterSession::Answer> MilterSession::step(MilterCommand command, std::string_view data,
                                                const MilterMacros& macros) {
    auto verdict = co_await exchange(command, data, macros);
    if (!verdict) co_return failure(breaks(std::move(verdict).error()));
    settle(command, verdict->answer);
    co_return *std::move(verdict);
}

// What has to come before it.
Task<Result<void, std::string>> MilterSession::make_ready(MilterCommand command) {
    const bool begins = is_of_client(command) || command == MilterCommand::Mail;
    if (begins) co_await abort();
    if (phase_ == Phase::Broken) co_return failure(why_broken_);
    if (begins && phase_ == Phase::Settled) phase_ = Phase::Idle;
    if (command != MilterCommand::Connect) co_return Result<void, std::string>();
    // Another client. QUIT_NC would keep the connection, but milters lose by it what was agreed on: OpenDKIM
    // falls silent, and so does what is made with pymilter.
    co_await quit();
    co_return co_await open();
}

Task<Result<void, std::string>> MilterSession::open() {
    const Instant deadline = here_.clock().now() + timeouts_.step;
    ServerPool pool({server_});
    auto lent = co_await pool.connect(here_, deadline);
    if (!lent) co_return failure(std::move(lent).error());
    connection_ = std::make_unique<MilterConnection>(std::move(lent->stream));
    const std::string offer = MilterTerms::offer();
    CO_TRY_VOID(co_await connection_->send(MilterCommand::Negotiate, offer, deadline));
    CO_TRY(packet, co_await connection_->next(deadline, milter_data_octets));
    if (packet.letter != static_cast<char>(MilterCommand::Negotiate))
        co_return failure(std::string("it does not answer our offer"));
    CO_TRY(terms, MilterTerms::parse(packet.data));
    terms_ = std::move(terms);
    phase_ = Phase::Idle;
    co_return Result<void, std::string>();
}

bool MilterSession::is_asked(MilterCommand command) const {
    if (is_of_client(command) || command == MilterCommand::Mail) return phase_ == Phase::Idle;
    if (command == MilterCommand::Unknown) return phase_ == Phase::Idle || phase_ == Phase::InMessage;
    return phase_ == Phase::InMessage;
}

Task<Result<MilterVerdict, std::string>> MilterSession::exchange(MilterCommand command, std::string_view data,
                                                                 const MilterMacros& macros) {
    if (command == MilterCommand::Mail) skipped_.reset();
    put_macros(command, macros);
    const Instant deadline = patience().due;
    if (terms_.wants(command) && skipped_ != command) {
        if (connection_->has_unread()) co_return failure(std::string(milter_says_too_much));
        ++told_;
        if (terms_.answers(command)) {
            CO_TRY_VOID(co_await connection_->send(command, data, deadline));
            co_return co_await answer_to(command);
        }
        connection_->put(command, data);
    }
    if (connection_->waiting_octets() > waiting_octets_max) {
        CO_TRY_VOID(co_await connection_->flush(deadline));
    }
    co_return MilterVerdict{};
}

// Macros are told at steps too that the milter does not want to see: it may look them up later.
void MilterSession::put_macros(MilterCommand command, const MilterMacros& macros) {
    const std::string told = macros.data_for(command, terms_);
    if (!told.empty()) connection_->put(MilterCommand::Macros, told);
}

MilterSession::Patience MilterSession::patience() const {
    const Instant now = here_.clock().now();
    const Instant latest = message_end_.value_or(now + milter_patience * timeouts_.step);
    return {timeouts_.step, std::min(now + timeouts_.step, latest), latest};
}

MilterSession::Patience MilterSession::patience_at_end() const {
    const Instant now = here_.clock().now();
    const Duration timeout = std::max(timeouts_.end, timeouts_.step);
    return {timeout, now + timeout, now + std::max(timeout, milter_patience * timeouts_.step)};
}

// It begins anew with each packet.
void MilterSession::wait_again(Patience& patience) const {
    patience.due = std::min(here_.clock().now() + patience.timeout, patience.latest);
}

Task<Result<MilterVerdict, std::string>> MilterSession::answer_to(MilterCommand command) {
    Patience waits = patience();
    for (std::size_t packets = 0; packets < milter_packets_max; ++packets) {
        CO_TRY(reply, co_await next_reply(waits));
        if (std::holds_alternative<MilterProgress>(reply)) continue;
        if (std::holds_alternative<MilterSkip>(reply) && may_be_enough(command)) {
            skipped_ = command;
            co_return MilterVerdict{};
        }
        auto* verdict = std::get_if<MilterVerdict>(&reply);
        if (verdict == nullptr)
            co_return failure(fmt::format("'{}' is no answer to {}", packet_.letter, describe(command)));
        if (verdict->answer == MilterAnswer::Discard && is_of_client(command))
            co_return failure(std::string("it discards a message where there is none"));
        co_return std::move(*verdict);
    }
    co_return failure(std::string("it is busy without end"));
}

// One packet, and what it asks for in time.
Task<Result<MilterReply, std::string>> MilterSession::next_reply(Patience& patience) {
    CO_TRY(packet, co_await connection_->next(patience.due, terms_.data_octets_max()));
    packet_ = std::move(packet);
    wait_again(patience);
    co_return parse_milter_reply(packet_.letter, packet_.data, terms_, names_);
}

void MilterSession::settle(MilterCommand command, MilterAnswer answer) {
    const bool refuses = answer == MilterAnswer::Reject || answer == MilterAnswer::Tempfail;
    if (answer == MilterAnswer::Continue) {
        if (command == MilterCommand::Mail) phase_ = Phase::InMessage;
        if (command == MilterCommand::EndOfMessage) phase_ = Phase::Idle;
    } else if (answer == MilterAnswer::Disconnect || is_of_client(command)) {
        phase_ = Phase::Closed;
    } else if (command == MilterCommand::EndOfMessage || (command == MilterCommand::Mail && refuses)) {
        phase_ = Phase::Idle;
    } else if (!refuses || (command != MilterCommand::Rcpt && command != MilterCommand::Unknown)) {
        if (phase_ == Phase::InMessage || command == MilterCommand::Mail) phase_ = Phase::Settled;
    }
}

Task<void> MilterSession::abort() {
    if (phase_ != Phase::InMessage) co_return;
    phase_ = Phase::Idle;
    const Instant deadline = here_.clock().now() + timeouts_.step;
    const auto sent = co_await connection_->send(MilterCommand::Abort, std::string_view(), deadline);
    if (!sent) breaks(sent.error());
}

Task<void> MilterSession::quit() {
    if (!connection_) co_return;
    const Instant deadline = here_.clock().now() + farewell_time;
    const auto sent = co_await connection_->send(MilterCommand::Quit, std::string_view(), deadline);
    if (sent) co_await connection_->close(deadline);
    connection_.reset();
    if (phase_ != Phase::Broken) phase_ = Phase::Closed;
}

MilterTrouble MilterSession::breaks(std::string why) {
    phase_ = Phase::Broken;
    connection_.reset();
    why_broken_ = std::move(why);
    return {MilterTrouble::With::Milter, fmt::format("the milter at {}: {}", name(), why_broken_)};
}

}  // namespace cursus
