// Who tries addresses to see which of them exist: each client's unknown recipients and refused commands.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/fingerprint.h"
#include "base/hour_count.h"
#include "base/ip.h"
#include "policy/recent_shards.h"

namespace cursus {

enum class Misdeed : std::uint8_t { UnknownRecipient, RefusedCommand };

// Thread-safe. A client is an IPv4 address or a /64 of IPv6.
class Harvest {
public:
    static constexpr std::size_t clients_max = 50'000;
    static constexpr std::size_t misdeeds = 2;

    explicit Harvest(const Fingerprinter& fingerprints) : fingerprints_(fingerprints) {}

    void note(const IpAddress& client, Misdeed misdeed, Instant now);
    // Within about an hour.
    std::uint64_t count(const IpAddress& client, Misdeed misdeed, Instant now) const;
    std::size_t size() const { return clients_.size(); }

    // ---- for the file
    struct Saved {
        Fingerprint key;
        std::array<HourCount::Slices, misdeeds> counts{};
        friend bool operator==(const Saved&, const Saved&) = default;
    };
    std::vector<Saved> saved(Instant now) const;
    void restore(const std::vector<Saved>& saved, Instant then);  // `then`: when it was saved
    bool take_changed() { return clients_.take_changed(); }

private:
    using Record = std::array<HourCount, misdeeds>;
    Fingerprint key_of(const IpAddress& client) const;

    const Fingerprinter& fingerprints_;
    RecentShards<Record> clients_{clients_max};
};

}  // namespace cursus
