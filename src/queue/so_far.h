// What has arrived of a message that is not committed, as its scanners read it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "queue/acceptance.h"
#include "queue/body.h"

namespace cursus {

class SoFar final : public MessageBody {
public:
    struct Octets {
        std::optional<NewHead> head;
        std::uint32_t pieces = 0;         // in the store
        std::vector<SharedOctets> rest;   // in memory, behind those
        std::uint64_t size = 0;           // of the head and what is behind it
        std::weak_ptr<const void> stand;  // gone: the pieces in the store are not these any more
    };
    SoFar(const BodyNeeds& needs, MessageId message, Octets octets)
        : needs_(needs), message_(message), octets_(std::move(octets)) {}

    std::uint64_t size() const override { return octets_.size; }
    Task<Result<SharedOctets, QueueError>> piece(std::uint64_t offset) override;

private:
    const BodyNeeds needs_;
    const MessageId message_;
    const Octets octets_;
};

}  // namespace cursus
