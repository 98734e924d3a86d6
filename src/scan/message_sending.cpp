#include "scan/message_sending.h"

#include <array>

#include "base/codec.h"

namespace cursus {
namespace {

std::string chunk_length(std::size_t octets) {
    Encoder out;
    out.u32(static_cast<std::uint32_t>(octets));
    return out.take();
}

}  // namespace

Task<void> MessageSending::end() {
    if (tasks_.running() != 0) stream_.cancel();
    co_await tasks_.join();
}

void MessageSending::give_up(std::string why) {
    unreadable_ = std::move(why);
    stream_.cancel();  // whoever waits for the answer would wait for nothing
}

// Each piece has at least one octet, so there are at most as many as the message has.
Task<void> MessageSending::send(std::string head, Instant deadline) {
    std::string front = std::move(head);
    for (std::uint64_t sent = 0; sent < message_.size();) {
        const auto piece = co_await message_.piece(sent);
        if (!piece) co_return give_up("the message cannot be read: " + piece.error());
        const std::string& octets = **piece;
        if (octets.empty() || octets.size() > message_.size() - sent)
            co_return give_up("the message is not as long as it should be");
        if (wrapping_ == MessageWrapping::Chunks) front += chunk_length(octets.size());
        const std::array<std::string_view, 2> pieces{front, octets};
        const auto written = co_await stream_.write(pieces, deadline);
        if (!written) co_return;  // whoever waits for the answer hears of it
        sent += octets.size();
        front.clear();
    }
    if (wrapping_ == MessageWrapping::Chunks) front += chunk_length(0);
    const auto written = co_await stream_.write(front, deadline);
    is_whole_ = written.has_value();
}

}  // namespace cursus
