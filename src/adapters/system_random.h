#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "runtime/random.h"

namespace cursus {

// The kernel's generator, taken a page at a time.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;

private:
    std::mutex mutex_;
    std::array<std::uint64_t, 512> page_{};
    std::size_t used_ = page_.size();
};

}  // namespace cursus
