// TLS over a stream, once in each direction, and the ways in which it must fail.
#include "runtime/tls.h"

#include "contracts/contract.h"
#include "contracts/pair.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using Outcome = std::optional<Result<void, StreamError>>;

struct Contexts {
    std::shared_ptr<TlsContext> server, client;
    std::string server_name;
};

Task<void> serve_tls(Stream& stream, std::shared_ptr<TlsContext> context, Instant deadline,
                     Outcome& outcome) {
    outcome = co_await stream.start_tls_server(std::move(context), deadline);
}

struct Handshake {
    Result<void, StreamError> client;
    Outcome server;
    bool held() const { return client && server && *server; }
};

Task<Handshake> shake_hands(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Instant deadline = reactor.clock().now() + ample;
    Handshake handshake;
    TaskGroup group(reactor.executor());
    group.spawn(serve_tls(*pair.server, contexts.server, deadline, handshake.server));
    handshake.client =
        co_await pair.client->start_tls_client(contexts.client, contexts.server_name, deadline);
    if (!handshake.client) pair.client.reset();
    co_await group.join();
    co_return handshake;
}

Task<void> names_are_proven(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    const auto& seen_by_client = pair.client->tls();
    const auto& seen_by_server = pair.server->tls();
    CO_ASSERT_TRUE(seen_by_client.has_value() && seen_by_server.has_value());
    EXPECT_TRUE(seen_by_client->verified) << seen_by_client->verify_error;
    EXPECT_EQ(seen_by_client->server_name, contexts.server_name);
    EXPECT_EQ(seen_by_server->server_name, contexts.server_name);
    EXPECT_EQ(seen_by_client->protocol, seen_by_server->protocol);
    EXPECT_EQ(seen_by_client->peer_fingerprint.size(), 64U);
    EXPECT_FALSE(seen_by_client->peer_subject.empty());
    EXPECT_FALSE(seen_by_server->verified) << "the client showed no certificate";
    EXPECT_TRUE(seen_by_server->peer_fingerprint.empty());
}

Task<void> bytes_go_both_ways(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    const Instant deadline = reactor.clock().now() + ample;
    for (int i = 0; i < 20; ++i) {
        const std::array<std::string_view, 3> pieces{"ques", "tion", "\r\n"};
        const auto asked = co_await pair.client->write(pieces, deadline);
        CO_ASSERT_TRUE(asked);
        const auto readable = co_await pair.server->wait_readable(deadline);
        CO_ASSERT_TRUE(readable);
        const std::string question = co_await read_exactly(*pair.server, 10, deadline);
        EXPECT_EQ(question, "question\r\n");
        const auto answered = co_await pair.server->write("answer\r\n", deadline);
        CO_ASSERT_TRUE(answered);
        const std::string answer = co_await read_exactly(*pair.client, 8, deadline);
        EXPECT_EQ(answer, "answer\r\n");
    }
}

Task<void> write_whole(Stream& stream, std::string_view text, Instant deadline, Outcome& outcome) {
    outcome = co_await stream.write(text, deadline);
}

Task<void> large_writes_wait(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    const Instant deadline = reactor.clock().now() + ample;
    std::string text(8 * 1024 * 1024, 'a');
    for (std::size_t i = 0; i < text.size(); i += 509) text[i] = static_cast<char>('b' + i % 20);
    Outcome outcome;
    TaskGroup group(reactor.executor());
    group.spawn(write_whole(*pair.server, text, deadline, outcome));
    co_await reactor.clock().sleep_for(20ms);
    EXPECT_FALSE(outcome.has_value()) << "nothing held the writer back";
    const std::string got = co_await read_exactly(*pair.client, text.size(), deadline);
    co_await group.join();
    EXPECT_TRUE(got == text);
}

Task<void> close_is_an_end(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    const Instant deadline = reactor.clock().now() + ample;
    const auto written = co_await pair.server->write("bye", deadline);
    EXPECT_TRUE(written);
    TaskGroup group(reactor.executor());
    group.spawn(pair.server->close(deadline));
    const std::string text = co_await read_exactly(*pair.client, 3, deadline);
    EXPECT_EQ(text, "bye");
    const auto error = co_await error_of_read(*pair.client, deadline);
    EXPECT_EQ(error, StreamError::Closed);
    co_await pair.client->close(deadline);
    co_await group.join();
}

// Without close_notify anybody on the path could have cut the stream short.
Task<void> truncation_is_a_reset(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    pair.server.reset();
    const auto error = co_await error_of_read(*pair.client, reactor.clock().now() + ample);
    EXPECT_EQ(error, StreamError::Reset);
}

Task<void> reads_time_out_and_are_cancelled(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    const auto timed_out = co_await error_of_read(*pair.client, reactor.clock().now() + 20ms);
    EXPECT_EQ(timed_out, StreamError::TimedOut);
    const auto waited = co_await pair.client->wait_readable(reactor.clock().now() + 20ms);
    CO_ASSERT_TRUE(!waited);
    EXPECT_EQ(waited.error(), StreamError::TimedOut);
    const Instant deadline = reactor.clock().now() + ample;
    const auto written = co_await pair.server->write("late", deadline);
    EXPECT_TRUE(written);
    const std::string text = co_await read_exactly(*pair.client, 4, deadline);
    EXPECT_EQ(text, "late");
    pair.client->cancel();
    const auto cancelled = co_await error_of_read(*pair.client, deadline);
    EXPECT_EQ(cancelled, StreamError::Cancelled);
}

Task<void> the_handshake_fails(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Instant deadline = reactor.clock().now() + ample;
    Outcome served;
    TaskGroup group(reactor.executor());
    group.spawn(serve_tls(*pair.server, contexts.server, deadline, served));
    const auto client =
        co_await pair.client->start_tls_client(contexts.client, contexts.server_name, deadline);
    CO_ASSERT_TRUE(!client);
    EXPECT_EQ(client.error(), StreamError::Tls);
    EXPECT_FALSE(pair.client->tls_failure().empty());
    EXPECT_FALSE(pair.client->tls().has_value());
    pair.client.reset();
    co_await group.join();
}

Task<void> plaintext_is_no_handshake(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Instant deadline = reactor.clock().now() + ample;
    const auto early = co_await pair.client->write("RSET\r\nMAIL FROM:<mallory@example.org>\r\n", deadline);
    EXPECT_TRUE(early);
    const auto server = co_await pair.server->start_tls_server(contexts.server, deadline);
    CO_ASSERT_TRUE(!server);
    EXPECT_EQ(server.error(), StreamError::Tls);
    EXPECT_FALSE(pair.server->tls_failure().empty());
}

Task<void> a_silent_peer_times_out(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const auto server = co_await pair.server->start_tls_server(contexts.server, reactor.clock().now() + 20ms);
    CO_ASSERT_TRUE(!server);
    EXPECT_EQ(server.error(), StreamError::TimedOut);
}

Task<void> nothing_proves_nothing(Reactor& reactor, Pair& pair, const Contexts& contexts) {
    const Handshake handshake = co_await shake_hands(reactor, pair, contexts);
    CO_ASSERT_TRUE(handshake.held());
    CO_ASSERT_TRUE(pair.client->tls().has_value());
    EXPECT_FALSE(pair.client->tls()->verified);
    EXPECT_FALSE(pair.client->tls()->verify_error.empty());
}

using Scene = Task<void> (*)(Reactor&, Pair&, const Contexts&);
enum class Client : std::uint8_t { Trusting, Distrusting, Careless };

Task<void> play(WorldUnderTest& under_test, Client client, std::string server_name, Scene scene) {
    Reactor& reactor = *under_test.world().reactors.front();
    const TlsUnderTest settings = under_test.tls();
    auto server = under_test.world().tls.server(settings.server);
    CO_ASSERT_TRUE(server);
    const TlsClientSettings& chosen = client == Client::Trusting      ? settings.trusting
                                      : client == Client::Distrusting ? settings.distrusting
                                                                      : settings.careless;
    auto made = under_test.world().tls.client(chosen);
    CO_ASSERT_TRUE(made);
    if (server_name.empty()) server_name = settings.server_name;
    const Contexts contexts{*server, *made, server_name};
    auto pair = co_await connected_pair(reactor, under_test.loopback());
    CO_ASSERT_TRUE(pair);
    co_await scene(reactor, pair, contexts);
}

}  // namespace

#define TLS_CONTRACT(name, client, server_name, scene)       \
    TEST_P(TlsContract, name) {                              \
        run(play(under_test(), client, server_name, scene)); \
    }

TLS_CONTRACT(a_trusted_server_is_verified_by_name, Client::Trusting, "", names_are_proven)
TLS_CONTRACT(bytes_go_both_ways, Client::Trusting, "", bytes_go_both_ways)
TLS_CONTRACT(a_large_write_waits_for_its_reader, Client::Trusting, "", large_writes_wait)
TLS_CONTRACT(close_is_an_end_in_order, Client::Trusting, "", close_is_an_end)
TLS_CONTRACT(truncation_is_a_reset, Client::Trusting, "", truncation_is_a_reset)
TLS_CONTRACT(reads_time_out_and_are_cancelled, Client::Trusting, "", reads_time_out_and_are_cancelled)
TLS_CONTRACT(an_untrusted_server_fails_the_handshake, Client::Distrusting, "", the_handshake_fails)
TLS_CONTRACT(another_name_fails_the_handshake, Client::Trusting, "elsewhere.example", the_handshake_fails)
TLS_CONTRACT(early_plaintext_fails_the_handshake, Client::Trusting, "", plaintext_is_no_handshake)
TLS_CONTRACT(a_silent_peer_times_the_handshake_out, Client::Trusting, "", a_silent_peer_times_out)
TLS_CONTRACT(an_opportunistic_client_proves_nothing, Client::Careless, "", nothing_proves_nothing)

TEST_P(TlsContract, a_missing_certificate_is_named) {
    TlsServerSettings settings = under_test().tls().server;
    settings.certificate_chain = under_test().directory() + "/no-such-certificate.pem";
    const auto made = world().tls.server(settings);
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().find("no-such-certificate.pem"), std::string::npos) << made.error();
}

}  // namespace cursus
