#include "sim/peers/policy_host.h"

#include "sim/graveyard.h"
#include "sim/peers/line_stream.h"
#include "sim/peers/listen_at.h"

namespace cursus {
namespace {

constexpr Duration patience_of_most = std::chrono::hours{1}, patience_of_the_tired = std::chrono::seconds{10};
constexpr Duration between_octets = std::chrono::seconds{1}, before_chatter = std::chrono::seconds{2};

Task<Result<std::string, StreamError>> read_question(LineStream& lines) {
    std::string question;
    while (true) {
        CO_TRY(line, co_await lines.line());
        if (line.empty()) co_return question;
        question += line + '\n';
    }
}

}  // namespace

PolicyHost::PolicyHost(Machine& machine, const ServiceAddress& address)
    : machine_(machine), listener_(listen_at(machine.network(), address)) {
    machine_.spawn(accept_all());
}

// Whoever waits for a connection here owns itself by way of the listener, and cannot be unwound.
PolicyHost::~PolicyHost() {
    graveyard::keep(std::move(listener_));
}

Task<void> PolicyHost::accept_all() {
    while (true) {
        auto stream = co_await listener_->accept();
        if (!stream) co_return;
        ++connections_;
        machine_.spawn(converse(std::move(*stream)));
    }
}

Task<void> PolicyHost::converse(std::unique_ptr<Stream> stream) {
    ++open_;
    bool goes_on = true;
    while (goes_on) {
        const bool is_tired = manners == PolicyManners::Tires && !questions_.empty();
        goes_on = co_await answer_next(*stream, is_tired ? patience_of_the_tired : patience_of_most);
    }
    --open_;
    co_await stream->close(machine_.clock().now() + between_octets);
}

// False: that was the last one.
Task<bool> PolicyHost::answer_next(Stream& stream, Duration patience) {
    LineStream lines(stream, machine_.clock(), patience);
    auto question = co_await read_question(lines);
    if (!question) co_return false;
    questions_.push_back(*std::move(question));
    const PolicyManners way = manners;
    if (way == PolicyManners::Leaves) co_return false;
    if (way == PolicyManners::Silent) {
        const auto end = co_await lines.line();
        co_return end.has_value();
    }
    const std::string said = answer;
    Result<void, StreamError> written;
    if (way == PolicyManners::Drips)
        written = co_await lines.drip(said, between_octets);
    else
        written = co_await lines.write(said);
    if (written && way == PolicyManners::Chatters) {
        co_await machine_.clock().sleep_for(before_chatter);
        co_await lines.write(said);
    }
    co_return written&& way != PolicyManners::Closes;
}

}  // namespace cursus
