// What tests of milters share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "scan/message_source.h"
#include "scan/tests/bounded_room.h"
#include "sim/peers/milter_host.h"
#include "sim/world.h"

namespace cursus {

// A message in pieces; that behind `unreadable_from` cannot be read.
class MilterTextSource final : public MessageSource {
public:
    explicit MilterTextSource(std::string text, std::size_t piece_octets = 256 * 1024)
        : text_(std::move(text)), piece_octets_(piece_octets) {}
    std::uint64_t size() const override { return text_.size(); }
    Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) override {
        if (offset >= unreadable_from) co_return failure(std::string("the spool cannot be read"));
        co_return std::make_shared<const std::string>(
            text_.substr(std::min<std::uint64_t>(offset, text_.size()), piece_octets_));
    }
    std::uint64_t unreadable_from = std::numeric_limits<std::uint64_t>::max();

private:
    std::string text_;
    std::size_t piece_octets_;
};

// The letters of packets, in tests' words.
inline std::string milter_says(char letter, const std::vector<std::string>& texts = {}) {
    return MilterHost::packet(letter, MilterHost::data(std::nullopt, texts));
}
inline std::string milter_says_at(char letter, std::uint32_t index, const std::vector<std::string>& texts) {
    return MilterHost::packet(letter, MilterHost::data(index, texts));
}

}  // namespace cursus
