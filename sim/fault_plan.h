// What is wrong with the network, where, and from when until when. The fabric asks; tests and scenarios fill
// it in.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace cursus {

enum class Outage : std::uint8_t {
    Refused,      // the host is up, nothing listens: connections are refused, open ones reset
    Unreachable,  // the network says so at once
    BlackHole,    // silence: nothing arrives and nothing is refused
};

struct Window {
    Instant from = Instant::min();
    Instant until = Instant::max();
    bool holds(Instant now) const { return from <= now && now < until; }
};

class FaultPlan {
public:
    void outage(const IpAddress& host, Outage kind, Window window = {}) {
        outages_.push_back({host, kind, window});
    }
    // Nothing passes between the two.
    void partition(const IpAddress& a, const IpAddress& b, Window window = {}) {
        cuts_.push_back({a, b, window});
    }
    // What is sent to or by the host drips at this rate, which is at least 1.
    void slow(const IpAddress& host, std::uint64_t bytes_per_second, Window window = {}) {
        drips_.push_back({host, bytes_per_second, window});
    }
    // Connections to the host made in the window break when it has been sent that many bytes.
    void reset_after(const IpAddress& host, std::uint64_t bytes, Window window = {}) {
        fuses_.push_back({host, bytes, window});
    }
    void clear() { *this = {}; }

    std::optional<Outage> outage_at(const IpAddress& host, Instant now) const;
    // When nothing passes between the two, until when that lasts.
    std::optional<Instant> silent_until(const IpAddress& a, const IpAddress& b, Instant now) const;
    std::optional<std::uint64_t> bytes_per_second(const IpAddress& a, const IpAddress& b, Instant now) const;
    std::optional<std::uint64_t> fuse(const IpAddress& host, Instant now) const;

private:
    struct HostOutage {
        IpAddress host;
        Outage kind;
        Window window;
    };
    struct Cut {
        IpAddress a, b;
        Window window;
    };
    struct OfBytes {
        IpAddress host;
        std::uint64_t bytes;
        Window window;
    };
    std::vector<HostOutage> outages_;
    std::vector<Cut> cuts_;
    std::vector<OfBytes> drips_, fuses_;
};

}  // namespace cursus
