#include "deliver/dialer.h"

#include <fmt/format.h>

#include "deliver/tls_policy.h"

namespace cursus {

Task<Result<std::unique_ptr<Stream>, NetworkError>> Dialer::connect(ServiceAddress address) {
    const Instant deadline = reactor_.clock().now() + connect_timeout;
    if (const auto* socket = std::get_if<LocalSocket>(&address))
        co_return co_await reactor_.network().connect_local(socket->path, deadline);
    const Endpoint endpoint = std::get<Endpoint>(address);
    const auto& delivery = settings_.delivery;
    const auto from = endpoint.address.is_v4() ? delivery.source_v4 : delivery.source_v6;
    co_return co_await reactor_.network().connect(endpoint, from, deadline);
}

Task<Result<std::unique_ptr<SmtpClient>, DialogueFailure>> Dialer::greet(const Candidate& where,
                                                                         SmtpClient*& in_dialogue) {
    auto stream = co_await connect(where.address);
    if (!stream) co_return failure(DialogueFailure{SmtpStage::Connect, {}, {}, stream.error().what});
    const std::string own_name = settings_.hostname ? settings_.hostname->text() : "localhost";
    auto client = std::make_unique<SmtpClient>(std::move(*stream), reactor_.clock(), where.dialect, own_name,
                                               SmtpTimeouts{});
    in_dialogue = client.get();
    auto greeted = co_await client->greet();
    // RFC 5321 §3.1: a server that refuses with 554 still waits for a QUIT.
    if (!greeted && greeted.error().reply && !greeted.error().stream) co_await client->quit();
    in_dialogue = nullptr;
    if (!greeted) co_return failure(std::move(greeted).error());
    co_return client;
}

void Dialer::note_tls_failure(const Candidate& where, const DialogueFailure& failure) {
    without_tls_.insert(where.host);
    events_.emit(
        {reactor_.clock().wall_now(), {}, {}, TlsFailed{fmt::format("{}: {}", where.host, failure.what)}});
}

Task<Result<Peer, DialogueFailure>> Dialer::dial(Candidate where, SmtpClient*& in_dialogue) {
    while (true) {
        CO_TRY(client, co_await greet(where, in_dialogue));
        const bool is_local = std::holds_alternative<LocalSocket>(where.address);  // nobody is in between
        if (!tls_ || is_local || !client->extensions().starttls || without_tls_.contains(where.host))
            co_return Peer{std::move(client), std::move(where)};
        in_dialogue = client.get();
        auto secured = co_await client->start_tls(tls_, where.host);
        in_dialogue = nullptr;
        if (secured) co_return Peer{std::move(client), std::move(where)};
        const bool is_ending = secured.error().stream == StreamError::Cancelled;
        if (is_ending || !may_go_without(tls_demand(where.host)))
            co_return failure(std::move(secured).error());
        // The connection is of no more use: once more, in the clear.
        note_tls_failure(where, secured.error());
    }
}

}  // namespace cursus
