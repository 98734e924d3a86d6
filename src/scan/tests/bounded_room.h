// Room for new bodies in tests: so many octets, and none beyond.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "scan/milter_body.h"

namespace cursus {

class BoundedRoom final : public BodyRoom {
public:
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();

    Task<Result<void, std::string>> reserve(std::uint64_t octets) override {
        if (octets > left) co_return failure(std::string("the memory is in use"));
        left -= octets;
        co_return Result<void, std::string>{};
    }
};

}  // namespace cursus
