// How often something happened within about the last hour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace cursus {

// The hour in slices: what is older than an hour is forgotten a slice at a time. Whoever's clock is a little
// behind counts in the newest slice.
class HourCount {
public:
    static constexpr std::size_t slices = 12;
    static constexpr Duration slice = std::chrono::minutes{5};
    using Slices = std::array<std::uint32_t, slices>;  // the newest first

    HourCount() = default;
    HourCount(const Slices& counts, Instant now);  // as slices_at(now) gave them

    std::uint64_t add(Instant now);  // and what the hour comes to with this one
    std::uint64_t sum(Instant now) const;
    Slices slices_at(Instant now) const;

private:
    Slices counts_{};
    std::int64_t newest_ = 0;  // its number since the beginning of time
};

}  // namespace cursus
