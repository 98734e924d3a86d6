#include "receive/station.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mail/replies.h"
#include "receive/proxy_preamble.h"

namespace cursus {

namespace {

ConnectionEnds ends_by(const ProxiedConnection& header, const Endpoint& balancer) {
    ConnectionEnds ends{header.client, header.server, balancer};
    ends.client.address = believed(ends.client.address, balancer.address);
    return ends;
}

}  // namespace

Listeners::Station::Station(Reactor& reactor, const ReceiveNeeds& needs, ConnectionLimits& limits)
    : reactor_(reactor),
      needs_(needs),
      rules_(needs.rules),
      limits_(limits),
      session_needs_{needs.accepting, needs.guard, needs.accounts, needs.events, reactor, buffers_},
      accepting_(reactor.executor()),
      serving_(reactor.executor()),
      refusing_(reactor.executor()) {
    no_sessions_.set();
}

Result<void, std::string> Listeners::Station::bind(std::size_t listener, std::shared_ptr<CurrentTls> tls,
                                                   const ServiceAddress& address) {
    Network& network = reactor_.network();
    const auto* endpoint = std::get_if<Endpoint>(&address);
    auto opened = endpoint != nullptr
                      ? network.listen(*endpoint)
                      : network.listen_local(std::get<LocalSocket>(address).path, socket_mode);
    if (!opened) {
        return failure(fmt::format("listener \"{}\" cannot listen on {}: {}",
                                   rules_->settings.listeners[listener].name, text(address),
                                   opened.error().what));
    }
    ServiceAddress bound = address;
    if (endpoint != nullptr) bound = (*opened)->local();
    doors_.push_back(
        std::make_unique<Door>(Door{listener, std::move(tls), std::move(bound), *std::move(opened)}));
    return {};
}

std::vector<Endpoint> Listeners::Station::endpoints() const {
    std::vector<Endpoint> endpoints;
    endpoints.reserve(doors_.size());
    for (const auto& door : doors_)
        if (const auto* endpoint = std::get_if<Endpoint>(&door->address)) endpoints.push_back(*endpoint);
    return endpoints;
}

Task<void> Listeners::Station::start() {
    for (const auto& door : doors_) accepting_.spawn(accept_from(*door));
    co_return;
}

Task<void> Listeners::Station::adopt(std::shared_ptr<const GroundRules> rules,
                                     std::vector<std::shared_ptr<CurrentTls>> tls) {
    rules_ = std::move(rules);
    for (const auto& door : doors_) door->tls = tls[door->place];
    co_return;
}

Task<void> Listeners::Station::accept_from(Door& door) {
    while (true) {
        auto stream = co_await door.listener->accept();
        if (stream) {
            receive(door, *std::move(stream));
            continue;
        }
        if (stream.error().kind == NetworkErrorKind::Cancelled) co_return;
        if (stream.error().kind == NetworkErrorKind::OutOfResources) continue;
        emit(SessionId(), Trouble{"accept on " + text(door.address), stream.error().what});
        co_await reactor_.clock().sleep_for(accept_pause);
    }
}

void Listeners::Station::receive(Door& door, std::unique_ptr<Stream> stream) {
    Guest guest{SessionId(needs_.session_ids.next(reactor_.clock().wall_now())),
                rules_,
                door.tls,
                {stream->peer(), stream->local()},
                std::move(stream)};
    const IpAddress peer = guest.ends.client.address;
    const auto has_peer = [&peer](const IpNetwork& network) { return network.contains(peer); };
    if (!std::ranges::any_of(rules_->settings.listeners[door.place].proxies, has_peer))
        return admit(door, std::move(guest));
    // It counts as a connection already, but as no client's.
    auto outcome = limits_.take(peer, true);
    if (!outcome.place)
        return turn_away(door, std::move(guest), "connections", replies::too_many_connections);
    serving_.spawn(hear_balancer(door, std::move(guest), *std::move(outcome.place)));
}

// Whoever has no header has no client: there is nobody to talk to.
Task<void> Listeners::Station::hear_balancer(Door& door, Guest guest, ConnectionLimits::Place place) {
    const Instant started = reactor_.clock().now();
    const auto header = co_await read_proxy_header(*guest.stream, started + proxy_header_timeout);
    {
        const auto given_back = std::move(place);
    }
    if (header) {
        if (*header) guest.ends = ends_by(**header, guest.ends.client);
        co_return admit(door, std::move(guest));
    }
    emit(guest.id,
         Connected{guest.rules->settings.listeners[door.place].name, guest.ends.client, guest.ends.server});
    emit(guest.id, ConnectionRefused{"proxy-header", replies::no_proxy_header, header.error()});
    emit(guest.id, Disconnected{"refused", 0, 0, reactor_.clock().now() - started});
}

void Listeners::Station::admit(Door& door, Guest guest) {
    if (is_stopping_) return turn_away(door, std::move(guest), "shutting-down", replies::shutting_down);
    const IpAddress client = guest.ends.client.address;
    // All who come by a local socket look like one client; who may is a matter of its directory.
    const bool is_exempt =
        std::holds_alternative<LocalSocket>(door.address) || guest.rules->relay.is_relay_host(client);
    auto outcome = limits_.take(client, is_exempt);
    if (outcome.place) return serving_.spawn(serve(door, std::move(guest), *std::move(outcome.place)));
    if (outcome.over == OverLimit::Total) {
        turn_away(door, std::move(guest), "connections", replies::too_many_connections);
    } else {
        turn_away(door, std::move(guest), "connections-per-client", replies::too_many_connections_from_you);
    }
}

Task<void> Listeners::Station::serve(Door& door, Guest guest,
                                     [[maybe_unused]] ConnectionLimits::Place place) {
    const SessionId id = guest.id;
    Session session(session_needs_, Arrival{id, std::move(guest.rules), door.place, guest.tls.get(),
                                            guest.ends, std::move(guest.stream)});
    sessions_.emplace(id, &session);
    no_sessions_.reset();
    if (is_stopping_) session.dismiss();
    co_await session.run();
    sessions_.erase(id);
    if (sessions_.empty()) no_sessions_.set();
}

void Listeners::Station::turn_away(Door& door, Guest guest, std::string_view rule, const Reply& reply) {
    const SessionId id = guest.id;
    emit(id, Connected{guest.rules->settings.listeners[door.place].name, guest.ends.client, guest.ends.server,
                       guest.ends.proxy});
    emit(id, ConnectionRefused{std::string(rule), reply});
    if (refusing_.running() >= refusals_max) return emit(id, Disconnected{"dropped", 0, 0, Duration{}});
    const bool is_plain = guest.rules->settings.listeners[door.place].tls !=
                          ListenerTls::Implicit;  // else our words would break its handshake
    refusing_.spawn(say_goodbye(id, std::move(guest.stream), is_plain, reply));
}

Task<void> Listeners::Station::say_goodbye(SessionId id, std::unique_ptr<Stream> stream, bool is_plain,
                                           Reply reply) {
    const Instant started = reactor_.clock().now();
    const Instant deadline = started + farewell_timeout;
    const std::string words = reply.wire();
    if (is_plain) co_await stream->write(std::string_view(words), deadline);
    co_await stream->close(deadline);
    emit(id, Disconnected{"refused", 0, 0, reactor_.clock().now() - started});
}

Task<void> Listeners::Station::begin_stop() {
    is_stopping_ = true;
    stop_at_ = reactor_.clock().now() + stop_patience;
    for (const auto& [id, session] : sessions_) session->dismiss();
    co_return;
}

Task<void> Listeners::Station::finish_stop() {
    co_await no_sessions_.wait_until(reactor_.clock(), stop_at_);
    for (const auto& [id, session] : sessions_) session->cancel();
    for (const auto& door : doors_) door->listener->cancel();
    co_await accepting_.join();
    co_await serving_.join();
    co_await refusing_.join();
    doors_.clear();
}

void Listeners::Station::emit(SessionId id, EventBody body) {
    needs_.events.emit({reactor_.clock().wall_now(), id, MessageId(), std::move(body)});
}

}  // namespace cursus
