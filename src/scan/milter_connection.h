// Packets to and from one milter over a stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/clock.h"
#include "runtime/stream.h"
#include "scan/milter_protocol.h"

namespace cursus {

struct MilterPacket {
    char letter = 0;
    std::string data;
};

class MilterConnection {
public:
    explicit MilterConnection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

    // Goes out with what is sent next: what nobody answers is not worth a write of its own.
    void put(MilterCommand command, std::string_view data);
    std::size_t waiting_octets() const { return waiting_.size(); }
    // What waits and this, in one write. `data` must live until this returns.
    Task<Result<void, std::string>> send(MilterCommand command, std::string_view data, Instant deadline);
    Task<Result<void, std::string>> flush(Instant deadline);

    // The next packet, whole by the deadline, with so much data at most.
    Task<Result<MilterPacket, std::string>> next(Instant deadline, std::size_t data_octets_max);
    // It has said more than it was asked for.
    bool has_unread() const { return !received_.empty(); }

    Task<void> close(Instant deadline) { return stream_->close(deadline); }

private:
    Task<Result<void, std::string>> fill(std::size_t octets, Instant deadline);

    std::unique_ptr<Stream> stream_;
    std::string waiting_;
    std::string received_;
};

}  // namespace cursus
