#include "runtime/server_pool.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "runtime/connect.h"

namespace cursus {

ServerPool::ServerPool(std::vector<ServiceAddress> servers)
    : servers_(std::move(servers)), failed_at_(servers_.size()) {
    assert(!servers_.empty());
}

std::vector<std::size_t> ServerPool::order(Instant now) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::size_t> places(servers_.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    const auto rank = [&](std::size_t server) {
        const auto& at = failed_at_[server];
        return std::pair(at && now < *at + pool_pause ? *at : Instant::min(), server);
    };
    std::ranges::sort(places, {}, rank);
    return places;
}

Task<Result<ServerPool::Lent, std::string>> ServerPool::connect(Reactor& here, Instant deadline,
                                                                std::vector<std::size_t> skipping) {
    std::string why;
    for (const std::size_t server : order(here.clock().now())) {
        if (std::ranges::find(skipping, server) != skipping.end()) continue;
        const Instant now = here.clock().now();
        if (now >= deadline) break;
        const Instant latest = std::min(deadline, now + pool_connect_timeout);
        SourceAddresses any;
        auto stream = co_await connect_to(here.network(), servers_[server], std::move(any), latest);
        if (stream) co_return Lent{*std::move(stream), server};
        failed(server, here.clock().now());
        why += (why.empty() ? "" : "; ") + stream.error().what;
    }
    co_return failure(why.empty() ? std::string("no server is left to ask") : std::move(why));
}

void ServerPool::failed(std::size_t server, Instant now) {
    const std::lock_guard lock(mutex_);
    failed_at_[server] = now;
}

void ServerPool::worked(std::size_t server) {
    const std::lock_guard lock(mutex_);
    failed_at_[server].reset();
}

}  // namespace cursus
