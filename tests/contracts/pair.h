// Two ends of one connection, and what the suites do with them.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "contracts/contract.h"
#include "runtime/task_group.h"

namespace cursus {

inline constexpr auto ample =
    std::chrono::seconds{60};  // a deadline that is only reached when something is wrong

struct Pair {
    std::unique_ptr<Stream> client, server;
    explicit operator bool() const { return client && server; }
};

inline Task<void> accept_into(Listener& listener, std::unique_ptr<Stream>& stream) {
    auto accepted = co_await listener.accept();
    if (accepted) stream = std::move(*accepted);
}

// A connected pair over TCP; an empty one (and a failed test) when that could not be had.
inline Task<Pair> connected_pair(Reactor& reactor, IpAddress loopback) {
    Pair pair;
    auto listener = reactor.network().listen(Endpoint{loopback, 0});
    if (!listener) {
        ADD_FAILURE() << listener.error().what;
        co_return pair;
    }
    TaskGroup group(reactor.executor());
    group.spawn(accept_into(**listener, pair.server));
    const Endpoint to = (*listener)->local();
    const Instant deadline = reactor.clock().now() + ample;
    auto client = co_await reactor.network().connect(to, std::nullopt, deadline);
    if (client) {
        pair.client = std::move(*client);
    } else {
        ADD_FAILURE() << client.error().what;
        (*listener)->cancel();
    }
    co_await group.join();
    co_return pair;
}

// Reads exactly `size` bytes, or fewer when an error comes first.
inline Task<std::string> read_exactly(Stream& stream, std::size_t size, Instant deadline) {
    std::string text;
    std::array<char, 4096> buffer;
    while (text.size() < size) {
        const std::span<char> room(buffer.data(), std::min(buffer.size(), size - text.size()));
        const auto got = co_await stream.read_some(room, deadline);
        if (!got) break;
        text.append(buffer.data(), *got);
    }
    co_return text;
}

// What reading comes to when nothing but an error can come.
inline Task<std::optional<StreamError>> error_of_read(Stream& stream, Instant deadline) {
    std::array<char, 64> buffer;
    const auto got = co_await stream.read_some(buffer, deadline);
    if (got) co_return std::nullopt;
    co_return got.error();
}

inline Task<void> close_both(Pair& pair, Reactor& reactor) {
    const Instant deadline = reactor.clock().now() + ample;
    TaskGroup group(reactor.executor());
    group.spawn(pair.client->close(deadline));
    group.spawn(pair.server->close(deadline));
    co_await group.join();
}

}  // namespace cursus
