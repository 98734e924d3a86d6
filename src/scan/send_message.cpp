#include "scan/send_message.h"

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

// Each piece has at least one octet, so there are at most as many as the message has. Nobody reads while this
// writes: a scanner that has answered and neither reads on nor hangs up is heard once its time is over.
Task<Result<Sent, std::string>> send_message(Stream& stream, std::string head, MessageSource& message,
                                             MessageWrapping wrapping, Instant deadline) {
    std::string front = std::move(head);
    for (std::uint64_t sent = 0; sent < message.size();) {
        const auto piece = co_await message.piece(sent);
        if (!piece) co_return failure("the message cannot be read: " + piece.error());
        const std::string& octets = **piece;
        if (octets.empty() || octets.size() > message.size() - sent)
            co_return failure(std::string("the message is not as long as it should be"));
        if (wrapping == MessageWrapping::Chunks) front += chunk_length(octets.size());
        if (stream.may_be_readable()) co_return Sent::Part;
        const std::array<std::string_view, 2> pieces{front, octets};
        const auto written = co_await stream.write(pieces, deadline);
        if (!written) co_return Sent::Part;
        sent += octets.size();
        front.clear();
    }
    if (wrapping == MessageWrapping::Chunks) front += chunk_length(0);
    const auto written = co_await stream.write(front, deadline);
    co_return written ? Sent::Whole : Sent::Part;
}

}  // namespace cursus
