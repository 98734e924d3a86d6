#include "sim/fabric.h"

#include <algorithm>

#include "sim/graveyard.h"
#include "sim/sim_stream.h"

namespace cursus {

Fabric::Fabric(Scheduler& scheduler, std::uint64_t seed)
    : scheduler_(scheduler),
      medium_{.scheduler = scheduler, .wire = wire_, .faults = {}, .random = SimRandom(seed, 'N')} {}

bool Fabric::has(const Process& process, const IpAddress& address) const {
    if (address.is_loopback()) return true;
    const auto found = owners_.find(address);
    return found != owners_.end() && found->second == &process;
}

std::optional<IpAddress> Fabric::first_address(const Process& process, bool is_v4) const {
    for (const auto& [address, owner] : owners_) {
        if (owner == &process && address.is_v4() == is_v4) return address;
    }
    return std::nullopt;
}

void Fabric::lose(const Process& process) {
    std::vector<SimListener*> lost;
    std::erase_if(listeners_, [&process, &lost](SimListener* listener) {
        const bool is_lost = &listener->machine_ == &process;
        if (is_lost) lost.push_back(listener);
        return is_lost;
    });
    graveyard::keep(std::move(lost));
    for (const auto& weak : connections_) {
        if (const auto connection = weak.lock()) connection->lose(process);
    }
}

std::vector<SimListener*> Fabric::listeners_at(const Process& machine, const Endpoint& endpoint) const {
    std::vector<SimListener*> exact, wildcard;
    for (auto* listener : listeners_) {
        if (&listener->machine_ != &machine || !listener->path_.empty()) continue;
        if (listener->endpoint_ == endpoint) exact.push_back(listener);
        const auto& address = listener->endpoint_.address;
        const bool covers = address.is_unspecified() && address.is_v4() == endpoint.address.is_v4();
        if (covers && listener->endpoint_.port == endpoint.port) wildcard.push_back(listener);
    }
    return exact.empty() ? wildcard : exact;
}

std::vector<SimListener*> Fabric::listeners_at(const Process& machine, const std::string& path) const {
    std::vector<SimListener*> found;
    for (auto* listener : listeners_) {
        if (&listener->machine_ == &machine && listener->path_ == path) found.push_back(listener);
    }
    return found;
}

std::uint16_t Fabric::free_port() {
    constexpr std::uint16_t ephemeral_first = 32'768;
    last_port_ = last_port_ == 65'535 ? ephemeral_first : static_cast<std::uint16_t>(last_port_ + 1);
    return last_port_;
}

std::shared_ptr<Connection> Fabric::make_connection(Process& client, Endpoint from, Process& server,
                                                    Endpoint to) {
    auto connection = std::make_shared<Connection>(medium_, client, from, server, to);
    if (const auto bytes = medium_.faults.fuse(to.address, scheduler_.now())) connection->set_fuse(*bytes);
    if (++connections_made_ % 256 == 0) {
        std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
    }
    connections_.push_back(connection);
    return connection;
}

SimListener::SimListener(Fabric& fabric, Process& machine, Clock& clock, Endpoint endpoint, std::string path)
    : fabric_(fabric), machine_(machine), clock_(clock), endpoint_(endpoint), path_(std::move(path)) {
    fabric_.listeners_.push_back(this);
}

SimListener::~SimListener() {
    std::erase(fabric_.listeners_, this);
    for (const auto& connection : waiting_) connection->reset(SideOf::Server);
}

bool SimListener::offer(std::shared_ptr<Connection> connection) {
    if (waiting_.size() >= Fabric::backlog_max) return false;
    waiting_.push_back(std::move(connection));
    changed_.pulse();
    return true;
}

Task<Result<std::unique_ptr<Stream>, NetworkError>> SimListener::accept() {
    while (waiting_.empty() && !is_cancelled_) co_await changed_.wait();
    if (is_cancelled_) co_return failure(NetworkError{NetworkErrorKind::Cancelled, "accept: cancelled"});
    auto connection = std::move(waiting_.front());
    waiting_.pop_front();
    co_return std::make_unique<SimStream>(std::move(connection), SideOf::Server, clock_);
}

void SimListener::cancel() {
    is_cancelled_ = true;
    changed_.pulse();
}

}  // namespace cursus
