#include "sim/connection.h"

#include <algorithm>
#include <utility>

#include "sim/graveyard.h"

namespace cursus {

namespace {

// After a silence the sender's retransmission comes through a moment later.
constexpr Duration retransmission_delay = std::chrono::seconds{1};

// Within one machine.
constexpr Duration near_latency_min = std::chrono::microseconds{5};
constexpr Duration near_latency_max = std::chrono::microseconds{100};

// What a line carries where nothing is wrong: a gigabit.
constexpr std::uint64_t bytes_per_second = 125'000'000;

// A handshake message's share of the bandwidth.
constexpr std::size_t handshake_bytes = 1500;

}  // namespace

Connection::Connection(Medium& medium, Process& client, Endpoint from, Process& server, Endpoint to)
    : medium_(medium) {
    side(SideOf::Client).process = &client;
    side(SideOf::Client).address = from;
    side(SideOf::Server).process = &server;
    side(SideOf::Server).address = to;
}

bool Connection::involves(const Process& process) const {
    return sides_[0].process == &process || sides_[1].process == &process;
}

void Connection::notify(Side& side) {
    if (side.changed != nullptr) side.changed->pulse();
}

std::size_t Connection::room(SideOf from) const {
    const std::size_t used = side_at(from).leaving_bytes + side_at(other(from)).arrived_bytes;
    return used >= window_bytes ? 0 : window_bytes - used;
}

// Mostly large pieces; now and then a cut anywhere, so that readers meet every boundary.
std::size_t Connection::piece_bytes(std::size_t bytes, std::optional<std::uint64_t> rate) {
    std::size_t most = std::min(bytes, segment_bytes_max);
    if (rate) most = std::min<std::size_t>(most, std::max<std::uint64_t>(*rate, 1));  // a second's worth
    return medium_.random.one_in(4) ? medium_.random.between(1, most) : most;
}

void Connection::send(SideOf from, Layer layer, std::string_view bytes) {
    auto& sender = side(from);
    const auto& peer = side(other(from)).address.address;
    const auto rate = medium_.faults.bytes_per_second(sender.address.address, peer, medium_.scheduler.now());
    while (!bytes.empty() && !sender.is_broken) {
        std::size_t take = piece_bytes(bytes.size(), rate);
        const bool burns = from == SideOf::Client && fuse_ && sender.sent_bytes + take >= *fuse_;
        if (burns) take = static_cast<std::size_t>(*fuse_ - std::min(*fuse_, sender.sent_bytes));
        if (take > 0) enqueue(from, {layer, std::string(bytes.substr(0, take)), 0, nullptr});
        bytes.remove_prefix(take);
        if (burns) return reset(from);
    }
}

void Connection::send_handshake(SideOf from, std::shared_ptr<const SimHandshake> handshake) {
    enqueue(from, {Layer::Handshake, {}, 0, std::move(handshake)});
}

void Connection::enqueue(SideOf from, Segment segment) {
    auto& sender = side(from);
    const std::size_t bytes = segment.bytes.size();
    sender.sent_bytes += bytes;
    sender.leaving_bytes += bytes;
    sender.leaving.push_back(std::move(segment));
    dispatch(from, bytes == 0 ? handshake_bytes : bytes, News::Segment);
}

void Connection::close(SideOf from) {
    auto& sender = side(from);
    if (sender.is_closed) return;
    sender.is_closed = true;
    sender.is_draining = true;
    sender.arrived.clear();
    sender.arrived_bytes = 0;
    if (!sender.is_broken) dispatch(from, 0, News::EndInOrder);
}

void Connection::abandon(SideOf from) {
    auto& sender = side(from);
    sender.changed = nullptr;
    sender.is_draining = false;
    if (std::exchange(sender.is_closed, true) || sender.is_broken) return;
    // Unread bytes make the system answer the close with a reset, RFC 9293 §3.10.4.
    dispatch(from, 0, sender.arrived.empty() ? News::End : News::Broken);
}

void Connection::dispatch(SideOf from, std::size_t bytes, News news) {
    auto& sender = side(from);
    const auto now = medium_.scheduler.now();
    const bool is_near = sender.process == side(other(from)).process;
    Duration travel = is_near ? medium_.random.between(near_latency_min, near_latency_max)
                              : medium_.random.between(medium_.latency_min, medium_.latency_max);
    const auto& peer = side(other(from)).address.address;
    const auto drip = medium_.faults.bytes_per_second(sender.address.address, peer, now);
    const auto rate = std::min(drip.value_or(bytes_per_second), bytes_per_second);
    const Duration transmission{std::chrono::nanoseconds(std::chrono::seconds{1}).count() *
                                static_cast<std::int64_t>(bytes + 1) / static_cast<std::int64_t>(rate)};
    sender.last_arrival = std::max(now + travel, sender.last_arrival) + transmission;
    medium_.scheduler.at(medium_.wire, sender.last_arrival,
                         [self = shared_from_this(), at = other(from), news] { self->arrive(at, news); });
}

void Connection::arrive(SideOf at, News news) {
    auto& receiver = side(at);
    auto& sender = side(other(at));
    const auto now = medium_.scheduler.now();
    const auto& here = receiver.address.address;
    const auto& there = sender.address.address;
    if (const auto until = medium_.faults.silent_until(here, there, now)) {
        if (*until == Instant::max()) return;
        const auto again = *until + retransmission_delay;
        sender.last_arrival = std::max(sender.last_arrival, again);
        medium_.scheduler.at(medium_.wire, again,
                             [self = shared_from_this(), at, news] { self->arrive(at, news); });
        return;
    }
    if (medium_.faults.outage_at(here, now) || medium_.faults.outage_at(there, now)) news = News::Broken;
    if (news == News::Broken) {
        break_side(at);
        if (!sender.is_closed) break_side(other(at));
        return;
    }
    if (news == News::Segment) {
        if (sender.leaving.empty()) return;  // broken meanwhile
        auto segment = std::move(sender.leaving.front());
        sender.leaving.pop_front();
        sender.leaving_bytes -= segment.bytes.size();
        if (receiver.is_broken || receiver.is_draining) return;
        // The reset travels behind what was sent before it, which can still be read.
        if (receiver.is_closed || !receiver.process->is_alive()) return dispatch(at, 0, News::Broken);
        receiver.arrived_bytes += segment.bytes.size();
        receiver.arrived.push_back(std::move(segment));
    } else {
        receiver.has_ended = true;
        receiver.ended_in_order = news == News::EndInOrder;
    }
    notify(receiver);
}

std::string Connection::take(SideOf at, std::size_t bytes_max) {
    auto& receiver = side(at);
    std::string taken;
    const Layer layer = receiver.arrived.front().layer;
    std::size_t wanted = std::min(bytes_max, receiver.arrived_bytes);
    if (wanted > 1 && medium_.random.one_in(4)) wanted = medium_.random.between(1, wanted);
    while (taken.size() < wanted && !receiver.arrived.empty() && receiver.arrived.front().layer == layer) {
        auto& front = receiver.arrived.front();
        const std::size_t part = std::min(wanted - taken.size(), front.bytes.size() - front.taken);
        taken.append(front.bytes, front.taken, part);
        front.taken += part;
        if (front.taken == front.bytes.size()) receiver.arrived.pop_front();
    }
    receiver.arrived_bytes -= taken.size();
    notify(side(other(at)));
    return taken;
}

std::shared_ptr<const SimHandshake> Connection::take_handshake(SideOf at) {
    auto& receiver = side(at);
    auto handshake = std::move(receiver.arrived.front().handshake);
    receiver.arrived.pop_front();
    return handshake;
}

void Connection::break_side(SideOf at) {
    auto& broken = side(at);
    broken.is_broken = true;
    notify(broken);
}

void Connection::reset(SideOf from) {
    if (side(from).is_broken) return;
    dispatch(from, 0, News::Broken);
    break_side(from);
}

void Connection::lose(const Process& process) {
    for (const auto which : {SideOf::Client, SideOf::Server}) {
        auto& lost = side(which);
        if (lost.process != &process || lost.is_closed) continue;
        graveyard::keep(std::exchange(lost.changed, nullptr));
        lost.is_closed = true;
        // A killed process's system resets its connections; a machine without power says nothing.
        if (!lost.is_broken && !medium_.random.one_in(3)) dispatch(which, 0, News::Broken);
        lost.is_broken = true;
    }
}

}  // namespace cursus
