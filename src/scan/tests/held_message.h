// A message in memory, handed out as the queue does it, or with something wrong.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "scan/message_source.h"

namespace cursus {

class HeldMessage final : public MessageSource {
public:
    static constexpr std::size_t piece_octets = std::size_t{64} * 1024;

    explicit HeldMessage(std::string octets) : octets_(std::move(octets)) {}

    // From here on it cannot be read any more, or ends.
    std::optional<std::uint64_t> breaks_at, ends_at;

    std::uint64_t size() const override { return octets_.size(); }
    Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) override {
        if (breaks_at && offset >= *breaks_at) co_return failure(std::string("the disk is on fire"));
        const bool has_ended = ends_at && offset >= *ends_at;
        co_return std::make_shared<const std::string>(has_ended ? "" : octets_.substr(offset, piece_octets));
    }

private:
    std::string octets_;
};

inline std::string message_of(std::size_t octets) {
    std::string text = "Received: from c.example\r\nFrom: a@b.example\r\nSubject: x\r\n\r\n";
    while (text.size() < octets) text += "This line has forty-two octets, as it were.\r\n";
    text.resize(octets);
    return text;
}

}  // namespace cursus
