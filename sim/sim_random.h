// Seeded chance: the same seed gives the same numbers on every machine and compiler.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "runtime/random.h"

namespace cursus {

// SplitMix64 (Steele, Lea, Flood 2014): small, and seeds that differ by one bit give unrelated streams.
class SimRandom : public Random {
public:
    // `stream` names an independent sequence of the same seed, so that a draw more in one place changes no
    // other.
    explicit SimRandom(std::uint64_t seed, std::uint64_t stream = 0)
        : state_(mixed(seed ^ mixed(stream + 0x632BE59BD9B4E019ULL))) {}

    std::uint64_t next() override {
        state_ += 0x9E3779B97F4A7C15ULL;
        return mixed(state_);
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }  // inclusive
    Duration between(Duration low, Duration high) {
        return Duration(low.count() + static_cast<Duration::rep>(
                                          below(static_cast<std::uint64_t>((high - low).count()) + 1)));
    }

private:
    static std::uint64_t mixed(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

}  // namespace cursus
