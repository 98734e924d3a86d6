// What a connection promises, without TLS.
#include "runtime/stream.h"

#include "contracts/contract.h"
#include "contracts/pair.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using Outcome = std::optional<Result<void, StreamError>>;

constexpr std::size_t large_bytes = 8 * 1024 * 1024;  // more than any socket buffer

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
    return text;
}

Task<void> bytes_go_both_ways(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    for (int i = 0; i < 50; ++i) {
        const auto asked = co_await pair.client->write("question\r\n", deadline);
        CO_ASSERT_TRUE(asked);
        const std::string question = co_await read_exactly(*pair.server, 10, deadline);
        EXPECT_EQ(question, "question\r\n");
        const std::array<std::string_view, 4> pieces{"an", "", "swer", "\r\n"};
        const auto answered = co_await pair.server->write(pieces, deadline);
        CO_ASSERT_TRUE(answered);
        const std::string answer = co_await read_exactly(*pair.client, 8, deadline);
        EXPECT_EQ(answer, "answer\r\n");
    }
}

Task<void> write_it(Stream& stream, std::string_view text, Instant deadline, Outcome& outcome) {
    outcome = co_await stream.write(text, deadline);
}

Task<void> large_writes_wait_for_the_reader(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const std::string text = pattern(large_bytes);
    Outcome outcome;
    TaskGroup group(reactor.executor());
    group.spawn(write_it(*pair.client, text, deadline, outcome));
    co_await reactor.clock().sleep_for(20ms);
    EXPECT_FALSE(outcome.has_value()) << "nothing held the writer back";
    const std::string got = co_await read_exactly(*pair.server, text.size(), deadline);
    co_await group.join();
    EXPECT_TRUE(got == text);
    EXPECT_TRUE(outcome.has_value() && outcome->has_value());
}

Task<void> many_pieces_arrive_in_order(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const std::string text = pattern(200'000);
    std::vector<std::string_view> pieces;
    const std::string_view view(text);
    for (std::size_t at = 0, size = 0; at < text.size(); at += size) {
        size = std::min<std::size_t>(1 + at % 1'000, text.size() - at);
        pieces.push_back(view.substr(at, size));
    }
    const std::span<const std::string_view> all(pieces);
    TaskGroup group(reactor.executor());
    std::string got;
    Outcome outcome;
    group.spawn(write_it(*pair.server, "meanwhile", deadline, outcome));
    co_await group.join();
    const std::string other_way = co_await read_exactly(*pair.client, 9, deadline);
    EXPECT_EQ(other_way, "meanwhile");
    const auto written = co_await pair.client->write(all, deadline);
    EXPECT_TRUE(written);
    got = co_await read_exactly(*pair.server, text.size(), deadline);
    EXPECT_TRUE(got == text);
}

Task<void> nothing_to_write(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const auto empty = co_await pair.client->write(std::string_view(), deadline);
    EXPECT_TRUE(empty);
    const auto none = co_await pair.client->write(std::span<const std::string_view>(), deadline);
    EXPECT_TRUE(none);
}

Task<void> reading_times_out(Reactor& reactor, Pair& pair) {
    const Instant start = reactor.clock().now();
    const auto error = co_await error_of_read(*pair.client, start + 20ms);
    EXPECT_EQ(error, StreamError::TimedOut);
    EXPECT_GE(reactor.clock().now(), start + 20ms);
    const auto waited = co_await pair.client->wait_readable(reactor.clock().now() + 20ms);
    CO_ASSERT_TRUE(!waited);
    EXPECT_EQ(waited.error(), StreamError::TimedOut);
    // A deadline that passed spoils nothing: the connection goes on.
    const Instant deadline = reactor.clock().now() + ample;
    const auto written = co_await pair.server->write("late", deadline);
    EXPECT_TRUE(written);
    const std::string text = co_await read_exactly(*pair.client, 4, deadline);
    EXPECT_EQ(text, "late");
}

Task<void> writing_times_out(Reactor& reactor, Pair& pair) {
    const std::string text = pattern(large_bytes);
    const auto written = co_await pair.client->write(text, reactor.clock().now() + 30ms);
    CO_ASSERT_TRUE(!written);
    EXPECT_EQ(written.error(), StreamError::TimedOut);
}

Task<void> note_read_error(Stream& stream, Instant deadline, std::optional<StreamError>& error) {
    error = co_await error_of_read(stream, deadline);
}

Task<void> cancel_ends_what_waits(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    std::optional<StreamError> error;
    TaskGroup group(reactor.executor());
    group.spawn(note_read_error(*pair.client, deadline, error));
    co_await reactor.clock().sleep_for(5ms);
    pair.client->cancel();
    co_await group.join();
    EXPECT_EQ(error, StreamError::Cancelled);
    const auto again = co_await error_of_read(*pair.client, deadline);
    EXPECT_EQ(again, StreamError::Cancelled);
    const auto written = co_await pair.client->write("x", deadline);
    CO_ASSERT_TRUE(!written);
    EXPECT_EQ(written.error(), StreamError::Cancelled);
    const auto waited = co_await pair.client->wait_readable(deadline);
    CO_ASSERT_TRUE(!waited);
    EXPECT_EQ(waited.error(), StreamError::Cancelled);
    co_await pair.client->close(deadline);
}

Task<void> wait_it(Stream& stream, Instant deadline, Outcome& outcome) {
    outcome = co_await stream.wait_readable(deadline);
}

Task<void> expire_ends_a_wait(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    pair.server->expire();  // nothing is pending: nothing happens
    Outcome outcome;
    TaskGroup group(reactor.executor());
    group.spawn(wait_it(*pair.server, deadline, outcome));
    co_await reactor.clock().sleep_for(5ms);
    EXPECT_FALSE(outcome.has_value());
    pair.server->expire();
    co_await group.join();
    CO_ASSERT_TRUE(outcome.has_value() && !*outcome);
    EXPECT_EQ(outcome->error(), StreamError::TimedOut);
    const auto written = co_await pair.server->write("421", deadline);
    EXPECT_TRUE(written);
    const std::string text = co_await read_exactly(*pair.client, 3, deadline);
    EXPECT_EQ(text, "421");
}

Task<void> a_kept_stream_says_what_has_come(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    EXPECT_FALSE(pair.client->may_be_readable());
    const auto written = co_await pair.server->write("ab", deadline);
    EXPECT_TRUE(written);
    const auto arrived = co_await pair.client->wait_readable(deadline);
    EXPECT_TRUE(arrived);
    EXPECT_TRUE(pair.client->may_be_readable());
    const std::string text = co_await read_exactly(*pair.client, 2, deadline);
    EXPECT_EQ(text, "ab") << "asking has consumed nothing";
    EXPECT_FALSE(pair.client->may_be_readable());
    pair.server.reset();
    const auto ended = co_await pair.client->wait_readable(deadline);
    EXPECT_TRUE(ended);
    EXPECT_TRUE(pair.client->may_be_readable());
    pair.client->cancel();
    EXPECT_TRUE(pair.client->may_be_readable());
}

Task<void> cancel_ends_a_blocked_write(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const std::string text = pattern(large_bytes);
    Outcome outcome;
    TaskGroup group(reactor.executor());
    group.spawn(write_it(*pair.client, text, deadline, outcome));
    co_await reactor.clock().sleep_for(10ms);
    pair.client->cancel();
    co_await group.join();
    CO_ASSERT_TRUE(outcome.has_value() && !*outcome);
    EXPECT_EQ(outcome->error(), StreamError::Cancelled);
}

Task<void> close_flushes_and_ends(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const auto written = co_await pair.server->write("goodbye", deadline);
    EXPECT_TRUE(written);
    TaskGroup group(reactor.executor());
    group.spawn(pair.server->close(deadline));
    const std::string text = co_await read_exactly(*pair.client, 7, deadline);
    EXPECT_EQ(text, "goodbye");
    const auto readable = co_await pair.client->wait_readable(deadline);
    EXPECT_TRUE(readable) << "the end is something to read";
    const auto error = co_await error_of_read(*pair.client, deadline);
    EXPECT_EQ(error, StreamError::Closed);
    co_await pair.client->close(deadline);
    co_await group.join();
}

// The last reply must survive what the client sent and nobody read.
Task<void> close_saves_the_last_words(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    const auto noise = co_await pair.client->write("never read by anyone", deadline);
    EXPECT_TRUE(noise);
    co_await reactor.clock().sleep_for(5ms);
    const auto written = co_await pair.server->write("421 closing", deadline);
    EXPECT_TRUE(written);
    TaskGroup group(reactor.executor());
    group.spawn(pair.server->close(deadline));
    co_await reactor.clock().sleep_for(5ms);
    const std::string text = co_await read_exactly(*pair.client, 11, deadline);
    EXPECT_EQ(text, "421 closing");
    const auto error = co_await error_of_read(*pair.client, deadline);
    EXPECT_EQ(error, StreamError::Closed);
    co_await pair.client->close(deadline);
    co_await group.join();
}

Task<void> close_does_not_wait_for_ever(Reactor& reactor, Pair& pair) {
    co_await pair.server->close(reactor.clock().now() + 20ms);
    const Instant deadline = reactor.clock().now() + ample;
    const auto error = co_await error_of_read(*pair.client, deadline);
    EXPECT_TRUE(error == StreamError::Closed || error == StreamError::Reset);
}

Task<void> a_destroyed_stream_ends_the_peer(Reactor& reactor, Pair& pair) {
    pair.server.reset();
    const Instant deadline = reactor.clock().now() + ample;
    const auto error = co_await error_of_read(*pair.client, deadline);
    EXPECT_TRUE(error == StreamError::Closed || error == StreamError::Reset);
}

Task<void> writing_to_nobody_fails(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    pair.server.reset();
    const std::string text = pattern(large_bytes);
    const auto written = co_await pair.client->write(text, deadline);
    CO_ASSERT_TRUE(!written);
    EXPECT_EQ(written.error(), StreamError::Reset);
}

Task<void> write_after(Clock& clock, Stream& stream, Duration delay) {
    co_await clock.sleep_for(delay);
    const auto written = co_await stream.write("now", clock.now() + ample);
    EXPECT_TRUE(written);
}

Task<void> waiting_holds_no_bytes(Reactor& reactor, Pair& pair) {
    const Instant deadline = reactor.clock().now() + ample;
    TaskGroup group(reactor.executor());
    group.spawn(write_after(reactor.clock(), *pair.server, 10ms));
    for (int i = 0; i < 2; ++i) {
        const auto readable = co_await pair.client->wait_readable(deadline);
        EXPECT_TRUE(readable);
    }
    const std::string text = co_await read_exactly(*pair.client, 3, deadline);
    EXPECT_EQ(text, "now");
    co_await group.join();
}

Task<void> chatter(Reactor& reactor, Stream& stream, bool& stop) {
    const Instant deadline = reactor.clock().now() + ample;
    const std::string line(512, 'x');
    while (!stop) {
        const auto written = co_await stream.write(line, deadline);
        if (!written) co_return;
    }
}

Task<void> swallow(Reactor& reactor, Stream& stream, bool& stop) {
    const Instant deadline = reactor.clock().now() + ample;
    std::array<char, 64> buffer;
    while (!stop) {
        const auto got = co_await stream.read_some(buffer, deadline);
        if (!got) co_return;
    }
}

// One busy connection must not keep the reactor from its timers and its other tasks.
Task<void> a_flood_leaves_room(Reactor& reactor, Pair& pair) {
    bool stop = false;
    TaskGroup group(reactor.executor());
    group.spawn(chatter(reactor, *pair.client, stop));
    group.spawn(swallow(reactor, *pair.server, stop));
    for (int i = 0; i < 5; ++i) co_await reactor.clock().sleep_for(2ms);
    stop = true;
    pair.client->cancel();
    pair.server->cancel();
    co_await group.join();
}

Task<void> with_pair(Reactor& reactor, IpAddress loopback, Task<void> (*scene)(Reactor&, Pair&)) {
    auto pair = co_await connected_pair(reactor, loopback);
    CO_ASSERT_TRUE(pair);
    co_await scene(reactor, pair);
}

}  // namespace

#define STREAM_CONTRACT(name, scene)                               \
    TEST_P(StreamContract, name) {                                 \
        run(with_pair(reactor(), under_test().loopback(), scene)); \
    }

STREAM_CONTRACT(bytes_go_both_ways_in_order, bytes_go_both_ways)
STREAM_CONTRACT(a_large_write_waits_for_its_reader, large_writes_wait_for_the_reader)
STREAM_CONTRACT(many_pieces_arrive_in_order, many_pieces_arrive_in_order)
STREAM_CONTRACT(writing_nothing_succeeds, nothing_to_write)
STREAM_CONTRACT(a_read_times_out_and_the_stream_lives_on, reading_times_out)
STREAM_CONTRACT(a_write_times_out_when_nobody_reads, writing_times_out)
STREAM_CONTRACT(cancel_ends_a_read_and_all_that_follows, cancel_ends_what_waits)
STREAM_CONTRACT(expire_ends_a_wait_and_nothing_else, expire_ends_a_wait)
STREAM_CONTRACT(a_kept_stream_says_whether_something_has_come, a_kept_stream_says_what_has_come)
STREAM_CONTRACT(cancel_ends_a_blocked_write, cancel_ends_a_blocked_write)
STREAM_CONTRACT(close_delivers_what_was_written_and_then_the_end, close_flushes_and_ends)
STREAM_CONTRACT(close_saves_the_last_words_from_unread_input, close_saves_the_last_words)
STREAM_CONTRACT(close_waits_no_longer_than_its_deadline, close_does_not_wait_for_ever)
STREAM_CONTRACT(destroying_a_stream_ends_the_peers_reading, a_destroyed_stream_ends_the_peer)
STREAM_CONTRACT(writing_to_a_peer_that_is_gone_is_a_reset, writing_to_nobody_fails)
STREAM_CONTRACT(wait_readable_consumes_nothing, waiting_holds_no_bytes)
STREAM_CONTRACT(a_flood_leaves_room_for_timers, a_flood_leaves_room)

}  // namespace cursus
