// One simulated TCP connection: two pipes with latency, bandwidth and a window, seen from either side.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "runtime/event.h"
#include "sim/fault_plan.h"
#include "sim/scheduler.h"
#include "sim/sim_tls.h"

namespace cursus {

enum class Layer : std::uint8_t { Plain, Tls, Handshake };

// What travels in one piece. Plain and encrypted bytes are told apart, so that mixing them is noticed.
struct Segment {
    Layer layer = Layer::Plain;
    std::string bytes;
    std::size_t taken = 0;                          // of bytes, by the reader
    std::shared_ptr<const SimHandshake> handshake;  // Layer::Handshake
};

enum class SideOf : std::uint8_t { Client, Server };
constexpr SideOf other(SideOf side) {
    return side == SideOf::Client ? SideOf::Server : SideOf::Client;
}

// What all connections share.
struct Medium {
    Scheduler& scheduler;
    Process& wire;  // deliveries happen to it: it outlives every machine
    FaultPlan faults;
    SimRandom random;
    Duration latency_min = std::chrono::microseconds{200};
    Duration latency_max = std::chrono::milliseconds{20};
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    // Bytes on the way or arrived and unread, for each direction, before a writer waits.
    static constexpr std::size_t window_bytes = 256 * 1024;
    // Largest piece that arrives at once.
    static constexpr std::size_t segment_bytes_max = 16 * 1024;

    struct Side {
        Process* process = nullptr;
        Endpoint address;
        Event* changed = nullptr;  // of the stream on this side, while there is one
        // what has arrived here
        std::deque<Segment> arrived;
        std::size_t arrived_bytes = 0;
        bool has_ended = false;       // the other side will send no more
        bool ended_in_order = false;  // and said so on the TLS layer too
        bool is_broken = false;
        // what leaves from here
        std::deque<Segment> leaving;
        std::size_t leaving_bytes = 0;
        Instant last_arrival{};
        std::uint64_t sent_bytes = 0;
        bool is_closed = false;    // this side has closed
        bool is_draining = false;  // closed in order and not yet gone: what still arrives is thrown away, not
                                   // answered with a reset, so that the last words come through
    };

    Connection(Medium& medium, Process& client, Endpoint from, Process& server, Endpoint to);

    Side& side(SideOf which) { return sides_[static_cast<std::size_t>(which)]; }
    bool involves(const Process& process) const;

    // How many bytes may be sent before the window is full.
    std::size_t room(SideOf from) const;
    // The bytes fit into the window. They arrive later, in order, in pieces.
    void send(SideOf from, Layer layer, std::string_view bytes);
    void send_handshake(SideOf from, std::shared_ptr<const SimHandshake> handshake);
    void close(SideOf from);    // in order: everything sent arrives, and then the end
    void abandon(SideOf from);  // the stream is gone
    // Takes up to buffer_bytes of the layer at the front. The window of the other side grows.
    std::string take(SideOf at, std::size_t bytes_max);
    std::shared_ptr<const SimHandshake> take_handshake(SideOf at);
    // This side breaks at once, the other when the news has travelled there.
    void reset(SideOf from);
    // A machine has died: its side is gone, the other side hears of it or not.
    void lose(const Process& process);
    // Breaks when the server has been sent so many bytes.
    void set_fuse(std::uint64_t bytes) { fuse_ = bytes; }

private:
    enum class News : std::uint8_t { Segment, End, EndInOrder, Broken };
    void dispatch(SideOf from, std::size_t bytes, News news);
    void arrive(SideOf at, News news);
    void break_side(SideOf at);
    void enqueue(SideOf from, Segment segment);
    std::size_t piece_bytes(std::size_t bytes, std::optional<std::uint64_t> rate);
    Side& side_at(SideOf which) { return sides_[static_cast<std::size_t>(which)]; }
    const Side& side_at(SideOf which) const { return sides_[static_cast<std::size_t>(which)]; }
    static void notify(Side& side);

    Medium& medium_;
    std::array<Side, 2> sides_;
    std::optional<std::uint64_t> fuse_;
};

}  // namespace cursus
