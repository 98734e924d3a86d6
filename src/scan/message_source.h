// A message as scanners read it: from the buffers it has been received into.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/task.h"

namespace cursus {

// Lines end with CRLF, dots are unstuffed, our own Received field comes first. Several scanners may read one
// source at the same time, on its reactor.
class MessageSource {
public:
    virtual ~MessageSource() = default;
    virtual std::uint64_t size() const = 0;
    // Up to 256 KiB from `offset`; empty at the end. The error is for people: the queue cannot read it back.
    virtual Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) = 0;
};

}  // namespace cursus
