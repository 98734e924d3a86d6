#include "sim/peers/smtp_sink.h"

#include <algorithm>

#include "sim/graveyard.h"
#include "sim/peers/listen_at.h"
#include "sim/peers/sink_session.h"

namespace cursus {

SmtpSink::SmtpSink(Machine& machine, const ServiceAddress& address, std::string name, SinkBehaviour behaviour,
                   std::uint64_t seed, TlsFactory& tls, Dialect dialect)
    : machine_(machine),
      name_(std::move(name)),
      behaviour_(std::move(behaviour)),
      random_(seed, 'P'),
      tls_(tls),
      dialect_(dialect),
      listener_(listen_at(machine.network(), address)) {
    machine_.spawn(accept_all());
}

// Whoever waits for a connection here owns itself by way of the listener, and cannot be unwound.
SmtpSink::~SmtpSink() {
    graveyard::keep(std::move(listener_));
}

std::size_t SmtpSink::count_for(const std::string& recipient) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(messages_, [&recipient](const SunkMessage& message) {
            return message.answer != SunkMessage::Answer::None &&
                   std::ranges::find(message.recipients, recipient) != message.recipients.end();
        }));
}

Task<void> SmtpSink::accept_all() {
    while (true) {
        auto stream = co_await listener_->accept();
        if (!stream) co_return;
        visits_.push_back({machine_.clock().now(), (*stream)->peer().address});
        machine_.spawn(converse(std::move(*stream)));
    }
}

Task<void> SmtpSink::converse(std::unique_ptr<Stream> stream) {
    SinkSession session(*this, std::move(stream), machine_.clock());
    co_await session.run();
}

std::optional<SinkTrouble> SmtpSink::trouble_at(SinkStage stage) {
    const Instant now = machine_.clock().now();
    for (const auto& trouble : behaviour_.troubles) {
        if (trouble.stage == stage && trouble.window.holds(now) && random_.one_in(trouble.one_in))
            return trouble;
    }
    return std::nullopt;
}

bool SmtpSink::is_greylisted(const IpAddress& client, const std::string& sender,
                             const std::string& recipient) {
    if (!behaviour_.greylist) return false;
    const Instant now = machine_.clock().now();
    const auto seen =
        first_seen_.try_emplace(client.text() + ' ' + sender + ' ' + recipient, now).first->second;
    return now < seen + *behaviour_.greylist;
}

}  // namespace cursus
