// A peer that follows a script, and virtual time for it.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "runtime/clock.h"
#include "runtime/stream.h"

namespace cursus {

// Time that stands still unless the script lets it pass. Nothing in these tests needs timers.
class ScriptClock : public Clock {
public:
    Instant now() const override { return now_; }
    WallTime wall_now() const override { return WallTime{}; }
    TimerId call_at(Instant, std::move_only_function<void()>) override { return 0; }
    bool cancel(TimerId) override { return false; }
    void set(Instant when) { now_ = when; }

private:
    Instant now_{};
};

// Lines of a script, in the order in which they must happen:
//   C: text    the client sends this line; as many C lines as follow one another must come without a reply in
//   between S: text    the peer sends this line S+ text    the peer sends this, without CRLF; \r \n \0 and
//   \\ are understood ! wait 5m  so much time passes (s or m) ! close, ! reset    the peer ends the
//   connection, in order or not ! block    the peer takes nothing more: writing breaks ! tls, ! tls-fail the
//   client starts TLS now
// Whatever happens otherwise is a test failure, and so is a script that is not played to its end.
class ScriptedStream : public Stream {
public:
    // `read_octets_max`: how much one read gives; 1 tears every reply into octets.
    ScriptedStream(std::string_view script, ScriptClock& clock, std::size_t read_octets_max);
    ~ScriptedStream() override;

    Task<Result<std::size_t, StreamError>> read_some(std::span<char> buffer, Instant deadline) override;
    Task<Result<void, StreamError>> write(std::span<const std::string_view> pieces,
                                          Instant deadline) override;
    Task<Result<void, StreamError>> wait_readable(Instant deadline) override;
    Task<Result<void, StreamError>> start_tls_server(std::shared_ptr<TlsContext>, Instant) override;
    Task<Result<void, StreamError>> start_tls_client(std::shared_ptr<TlsContext>, std::string name,
                                                     Instant) override;
    const std::optional<TlsFacts>& tls() const override { return tls_; }
    std::string tls_failure() const override { return "scripted failure"; }
    Task<void> close(Instant deadline) override;
    void cancel() override { is_cancelled_ = true; }
    const Endpoint& peer() const override { return endpoint_; }
    const Endpoint& local() const override { return endpoint_; }

private:
    struct Line {
        char who;  // 'C', 'S', '!'
        std::string text;
    };
    bool next_is(char who) const { return !lines_.empty() && lines_.front().who == who; }
    bool next_is(std::string_view directive) const {
        return next_is('!') && lines_.front().text == directive;
    }
    void wrong(std::string_view what);
    void gather();

    std::deque<Line> lines_;
    ScriptClock& clock_;
    std::size_t read_octets_max_;
    std::string sent_;      // by the client, not yet matched
    std::string arriving_;  // from the peer, not yet read
    std::optional<TlsFacts> tls_;
    Endpoint endpoint_;
    bool is_cancelled_ = false, is_wrong_ = false;
};

}  // namespace cursus
