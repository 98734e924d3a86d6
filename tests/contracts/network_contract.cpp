// Listening, connecting, accepting; over TCP and over local sockets.
#include "runtime/network.h"

#include "contracts/contract.h"
#include "contracts/pair.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using Accepted = std::optional<Result<std::unique_ptr<Stream>, NetworkError>>;

Task<void> both_ends_know_each_other(Reactor& reactor, IpAddress loopback) {
    auto pair = co_await connected_pair(reactor, loopback);
    CO_ASSERT_TRUE(pair);
    EXPECT_EQ(pair.client->peer(), pair.server->local());
    EXPECT_EQ(pair.server->peer(), pair.client->local());
    EXPECT_EQ(pair.client->peer().address, loopback);
    EXPECT_NE(pair.server->peer().port, 0);
    EXPECT_FALSE(pair.client->tls().has_value());
}

Task<void> the_source_address_is_kept(Reactor& reactor, IpAddress loopback) {
    auto listener = reactor.network().listen(Endpoint{loopback, 0});
    CO_ASSERT_TRUE(listener);
    std::unique_ptr<Stream> server;
    TaskGroup group(reactor.executor());
    group.spawn(accept_into(**listener, server));
    const IpAddress from = IpAddress::v4({127, 0, 0, 77});
    const Endpoint to = (*listener)->local();
    const Instant deadline = reactor.clock().now() + ample;
    auto client = co_await reactor.network().connect(to, from, deadline);
    if (!client) (*listener)->cancel();
    co_await group.join();
    CO_ASSERT_TRUE(client);
    CO_ASSERT_TRUE(server);
    EXPECT_EQ(server->peer().address, from);
}

Task<void> nobody_listens(Reactor& reactor, IpAddress loopback) {
    Endpoint to;
    {
        auto listener = reactor.network().listen(Endpoint{loopback, 0});
        CO_ASSERT_TRUE(listener);
        to = (*listener)->local();
    }
    const Instant deadline = reactor.clock().now() + ample;
    const auto client = co_await reactor.network().connect(to, std::nullopt, deadline);
    CO_ASSERT_TRUE(!client);
    EXPECT_EQ(client.error().kind, NetworkErrorKind::Refused);
    EXPECT_NE(client.error().what.find(to.text()), std::string::npos) << client.error().what;
}

Task<void> keep_accepted(Listener& listener, Accepted& accepted) {
    accepted = co_await listener.accept();
}

Task<void> cancel_ends_accepting(Reactor& reactor, IpAddress loopback) {
    auto listener = reactor.network().listen(Endpoint{loopback, 0});
    CO_ASSERT_TRUE(listener);
    Accepted accepted;
    TaskGroup group(reactor.executor());
    group.spawn(keep_accepted(**listener, accepted));
    co_await reactor.clock().sleep_for(5ms);
    EXPECT_FALSE(accepted.has_value());
    (*listener)->cancel();
    co_await group.join();
    CO_ASSERT_TRUE(accepted.has_value() && !*accepted);
    EXPECT_EQ(accepted->error().kind, NetworkErrorKind::Cancelled);
    const auto later = co_await (*listener)->accept();
    CO_ASSERT_TRUE(!later);
    EXPECT_EQ(later.error().kind, NetworkErrorKind::Cancelled);
}

Task<void> connections_wait_to_be_accepted(Reactor& reactor, IpAddress loopback) {
    auto listener = reactor.network().listen(Endpoint{loopback, 0});
    CO_ASSERT_TRUE(listener);
    const Instant deadline = reactor.clock().now() + ample;
    const Endpoint to = (*listener)->local();
    auto client = co_await reactor.network().connect(to, std::nullopt, deadline);
    CO_ASSERT_TRUE(client);
    const auto written = co_await (*client)->write("early", deadline);
    EXPECT_TRUE(written);
    auto server = co_await (*listener)->accept();
    CO_ASSERT_TRUE(server);
    const std::string text = co_await read_exactly(**server, 5, deadline);
    EXPECT_EQ(text, "early");
}

Task<void> local_sockets_connect(Reactor& reactor, std::string path) {
    auto listener = reactor.network().listen_local(path, 0600);
    CO_ASSERT_TRUE(listener);
    std::unique_ptr<Stream> server;
    TaskGroup group(reactor.executor());
    group.spawn(accept_into(**listener, server));
    const Instant deadline = reactor.clock().now() + ample;
    auto client = co_await reactor.network().connect_local(path, deadline);
    if (!client) (*listener)->cancel();
    co_await group.join();
    CO_ASSERT_TRUE(client);
    CO_ASSERT_TRUE(server);
    const auto written = co_await (*client)->write("hello", deadline);
    EXPECT_TRUE(written);
    const std::string text = co_await read_exactly(*server, 5, deadline);
    EXPECT_EQ(text, "hello");
}

Task<void> a_living_local_socket_is_in_use(Reactor& reactor, std::string path) {
    auto listener = reactor.network().listen_local(path, 0600);
    CO_ASSERT_TRUE(listener);
    const auto second = reactor.network().listen_local(path, 0600);
    CO_ASSERT_TRUE(!second);
    EXPECT_EQ(second.error().kind, NetworkErrorKind::AddressInUse);
    listener->reset();
    const auto third = reactor.network().listen_local(path, 0600);
    EXPECT_TRUE(third);
}

Task<void> no_local_socket_there(Reactor& reactor, std::string path) {
    const Instant deadline = reactor.clock().now() + ample;
    const auto client = co_await reactor.network().connect_local(path, deadline);
    CO_ASSERT_TRUE(!client);
    EXPECT_NE(client.error().what.find(path), std::string::npos) << client.error().what;
}

}  // namespace

TEST_P(NetworkContract, both_ends_know_each_other) {
    run(both_ends_know_each_other(reactor(), under_test().loopback()));
}
TEST_P(NetworkContract, a_connection_comes_from_the_address_asked_for) {
    run(the_source_address_is_kept(reactor(), under_test().loopback()));
}
TEST_P(NetworkContract, a_port_without_a_listener_refuses) {
    run(nobody_listens(reactor(), under_test().loopback()));
}
TEST_P(NetworkContract, cancel_ends_accepting_for_good) {
    run(cancel_ends_accepting(reactor(), under_test().loopback()));
}
TEST_P(NetworkContract, a_connection_waits_until_it_is_accepted) {
    run(connections_wait_to_be_accepted(reactor(), under_test().loopback()));
}
TEST_P(NetworkContract, local_sockets_connect) {
    run(local_sockets_connect(reactor(), under_test().directory() + "/socket"));
}
TEST_P(NetworkContract, a_living_local_socket_is_in_use_and_a_stale_one_is_replaced) {
    run(a_living_local_socket_is_in_use(reactor(), under_test().directory() + "/socket"));
}
TEST_P(NetworkContract, connecting_to_no_local_socket_names_the_path) {
    run(no_local_socket_there(reactor(), under_test().directory() + "/nobody"));
}

}  // namespace cursus
