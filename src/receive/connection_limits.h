// How many connections there may be, in all and from one client, counted over all reactors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/ip.h"

namespace cursus {

enum class OverLimit : std::uint8_t { Total, Client };

// Thread-safe. Holds one small entry for each client that has a connection now, and nothing else.
class ConnectionLimits {
public:
    ConnectionLimits(std::uint32_t total_max, std::uint32_t per_client_max)
        : total_max_(total_max), per_client_max_(per_client_max) {}

    // One connection, counted until this is destroyed. Must not outlive the limits.
    class Place {
    public:
        Place(Place&& other) noexcept;
        Place& operator=(Place&& other) noexcept;
        ~Place();

    private:
        friend class ConnectionLimits;
        Place(ConnectionLimits* limits, const IpAddress& client) : limits_(limits), client_(client) {}
        ConnectionLimits* limits_;  // null once moved from
        IpAddress client_;
    };

    struct Outcome {
        std::optional<Place> place;
        OverLimit over = OverLimit::Total;  // meaningful only without a place
    };
    // `is_exempt`: counted in the total but not held to the client's own limit.
    Outcome take(const IpAddress& address, bool is_exempt);
    std::size_t connections() const;

private:
    void give_back(const IpAddress& client);

    const std::uint32_t total_max_, per_client_max_;
    mutable std::mutex mutex_;
    std::uint32_t total_ = 0;
    std::unordered_map<IpAddress, std::uint32_t> by_client_;
};

}  // namespace cursus
