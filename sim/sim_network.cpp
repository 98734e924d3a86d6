#include <algorithm>

#include "sim/fabric.h"
#include "sim/sim_stream.h"

namespace cursus {

namespace {

NetworkError error_at(NetworkErrorKind kind, const std::string& where, const char* why) {
    return {kind, where + ": " + why};
}

}  // namespace

Result<std::unique_ptr<Listener>, NetworkError> SimNetwork::listen(const Endpoint& endpoint) {
    if (!endpoint.address.is_unspecified() && !fabric_.has(machine_, endpoint.address)) {
        return failure(
            error_at(NetworkErrorKind::NotAllowed, endpoint.text(), "not an address of this machine"));
    }
    Endpoint bound = endpoint;
    if (bound.port == 0) bound.port = fabric_.free_port();
    return std::make_unique<SimListener>(fabric_, machine_, clock_, bound, "");
}

Result<std::unique_ptr<Listener>, NetworkError> SimNetwork::listen_local(const std::string& path, unsigned) {
    if (!fabric_.listeners_at(machine_, path).empty()) {
        return failure(error_at(NetworkErrorKind::AddressInUse, path, "address in use"));
    }
    return std::make_unique<SimListener>(fabric_, machine_, clock_, Endpoint{}, path);
}

Process* SimNetwork::machine_at(const IpAddress& address) {
    if (address.is_loopback()) return &machine_;
    const auto found = fabric_.owners_.find(address);
    return found == fabric_.owners_.end() ? nullptr : found->second;
}

Result<Endpoint, NetworkError> SimNetwork::source_for(const Endpoint& to, std::optional<IpAddress> from) {
    if (from && !fabric_.has(machine_, *from)) {
        return failure(
            error_at(NetworkErrorKind::NotAllowed, from->text(), "not an address of this machine"));
    }
    if (!from && to.address.is_loopback()) from = to.address;
    if (!from) from = fabric_.first_address(machine_, to.address.is_v4());
    if (!from || from->is_v4() != to.address.is_v4()) {
        return failure(error_at(NetworkErrorKind::Unreachable, to.text(), "network is unreachable"));
    }
    return Endpoint{*from, fabric_.free_port()};
}

// There and back again: what goes wrong before anyone answers.
Task<std::optional<NetworkError>> SimNetwork::travel(Endpoint to, IpAddress from, Instant deadline) {
    const Instant start = clock_.now();
    const Instant patience = std::min(deadline, start + Fabric::connect_timeout);
    const bool is_far = !to.address.is_loopback();
    if (is_far) fabric_.attempts_.push_back({start, &machine_, to});
    auto& medium = fabric_.medium_;
    const Duration there_and_back =
        is_far ? 2 * medium.random.between(medium.latency_min, medium.latency_max) : Duration{1};
    if (medium.faults.silent_until(from, to.address, start) || start + there_and_back > patience) {
        co_await clock_.sleep_until(patience);
        co_return error_at(NetworkErrorKind::TimedOut, to.text(), "timed out");
    }
    co_await clock_.sleep_for(there_and_back);
    const auto outage = medium.faults.outage_at(to.address, start);
    const Process* machine = machine_at(to.address);
    if (outage == Outage::Unreachable || machine == nullptr) {
        co_return error_at(NetworkErrorKind::Unreachable, to.text(), "no route to host");
    }
    if (outage == Outage::Refused || !machine->is_alive()) {
        co_return error_at(NetworkErrorKind::Refused, to.text(), "connection refused");
    }
    co_return std::nullopt;
}

Result<std::unique_ptr<Stream>, NetworkError> SimNetwork::join(const std::vector<SimListener*>& listeners,
                                                               Process& machine, Endpoint from, Endpoint to) {
    const std::string where = to.port != 0 ? to.text() : "local socket";
    if (listeners.empty()) return failure(error_at(NetworkErrorKind::Refused, where, "connection refused"));
    auto connection = fabric_.make_connection(machine_, from, machine, to);
    auto* listener = listeners[fabric_.medium_.random.below(listeners.size())];
    if (!listener->offer(connection)) {
        return failure(error_at(NetworkErrorKind::TimedOut, where, "backlog full"));
    }
    return std::make_unique<SimStream>(std::move(connection), SideOf::Client, clock_);
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> SimNetwork::connect(Endpoint to,
                                                                        std::optional<IpAddress> from,
                                                                        Instant deadline) {
    CO_TRY(source, source_for(to, from));
    auto trouble = co_await travel(to, source.address, deadline);
    if (trouble) co_return failure(std::move(*trouble));
    Process& machine = *machine_at(to.address);
    co_return join(fabric_.listeners_at(machine, to), machine, source, to);
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> SimNetwork::connect_local(std::string path, Instant) {
    const auto listeners = fabric_.listeners_at(machine_, path);
    if (listeners.empty()) {
        co_return failure(error_at(NetworkErrorKind::Refused, path, "nobody listens at this socket"));
    }
    co_return join(listeners, machine_, Endpoint{}, Endpoint{});
}

}  // namespace cursus
