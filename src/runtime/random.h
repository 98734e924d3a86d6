#pragma once

#include <cstdint>
#include <utility>

namespace cursus {

// Thread-safe. The real one is cryptographically strong; the simulated one is seeded.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
    // Uniform in [0, bound); bound > 0. Modulo bias is below 2^-32 for any bound a mail server uses.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    template <class Range>
    void shuffle(Range& range) {
        for (std::size_t i = range.size(); i > 1; --i) std::swap(range[i - 1], range[below(i)]);
    }
};

}  // namespace cursus
