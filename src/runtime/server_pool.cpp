#include "runtime/server_pool.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cursus {
namespace {

Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_to(Network& network, ServiceAddress server,
                                                               Instant deadline) {
    if (const auto* local = std::get_if<LocalSocket>(&server))
        co_return co_await network.connect_local(local->path, deadline);
    co_return co_await network.connect(std::get<Endpoint>(server), std::nullopt, deadline);
}

}  // namespace

ServerPool::ServerPool(std::vector<ServiceAddress> servers)
    : servers_(std::move(servers)), failed_at_(servers_.size()) {
    assert(!servers_.empty());
}

bool ServerPool::is_resting(std::size_t server, Instant now) const {
    return failed_at_[server] && now < *failed_at_[server] + pool_pause;
}

std::vector<std::size_t> ServerPool::order(Instant now) {
    const std::lock_guard lock(mutex_);
    std::vector<std::size_t> places(servers_.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    const auto rank = [&](std::size_t server) {
        return std::pair(is_resting(server, now) ? *failed_at_[server] : Instant::min(), server);
    };
    std::ranges::sort(places, {}, rank);
    auto& first = failed_at_[places.front()];
    if (first && !is_resting(places.front(), now)) first = now;
    return places;
}

Task<Result<std::unique_ptr<Stream>, std::string>> ServerPool::connect_to(Reactor& here, std::size_t server,
                                                                          Instant deadline) {
    const Instant latest = std::min(deadline, here.clock().now() + pool_connect_timeout);
    auto stream = co_await cursus::connect_to(here.network(), servers_[server], latest);
    if (stream) co_return *std::move(stream);
    failed(server, here.clock().now());
    co_return failure(std::move(stream.error().what));
}

Task<Result<ServerPool::Lent, std::string>> ServerPool::connect(Reactor& here, Instant deadline,
                                                                std::vector<std::size_t> skipping) {
    std::string why;
    for (const std::size_t server : order(here.clock().now())) {
        if (std::ranges::find(skipping, server) != skipping.end()) continue;
        if (here.clock().now() >= deadline) break;
        auto stream = co_await connect_to(here, server, deadline);
        if (stream) co_return Lent{*std::move(stream), server};
        why += (why.empty() ? "" : "; ") + stream.error();
    }
    co_return failure(why.empty() ? std::string("no server is left to ask") : std::move(why));
}

void ServerPool::failed(std::size_t server, Instant now) {
    const std::lock_guard lock(mutex_);
    failed_at_[server] = now;
}

void ServerPool::called_off(std::size_t server, Instant now) {
    const std::lock_guard lock(mutex_);
    if (failed_at_[server]) failed_at_[server] = now - pool_pause;
}

void ServerPool::worked(std::size_t server) {
    const std::lock_guard lock(mutex_);
    failed_at_[server].reset();
}

}  // namespace cursus
