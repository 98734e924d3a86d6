#include "scan/milter_connection.h"

#include <array>
#include <span>

#include <fmt/format.h>

#include "base/codec.h"

namespace cursus {
namespace {

constexpr std::size_t length_octets = 4;
constexpr std::size_t read_octets = 16 * 1024;

}  // namespace

void MilterConnection::put(MilterCommand command, std::string_view data) {
    waiting_ += milter_packet_head(command, data.size());
    waiting_ += data;
}

Task<Result<void, std::string>> MilterConnection::send(MilterCommand command, std::string_view data,
                                                       Instant deadline) {
    waiting_ += milter_packet_head(command, data.size());
    const std::array<std::string_view, 2> pieces{waiting_, data};
    const auto written = co_await stream_->write(pieces, deadline);
    waiting_.clear();
    if (!written) co_return failure(fmt::format("it takes no more: {}", describe(written.error())));
    co_return Result<void, std::string>();
}

Task<Result<void, std::string>> MilterConnection::flush(Instant deadline) {
    const auto written = co_await stream_->write(waiting_, deadline);
    waiting_.clear();
    if (!written) co_return failure(fmt::format("it takes no more: {}", describe(written.error())));
    co_return Result<void, std::string>();
}

Task<Result<MilterPacket, std::string>> MilterConnection::next(Instant deadline,
                                                               std::size_t data_octets_max) {
    CO_TRY_VOID(co_await fill(length_octets, deadline));
    Decoder in(received_);
    const std::size_t length = in.u32();
    if (length == 0 || length > 1 + data_octets_max)
        co_return failure(fmt::format("it sends a packet of {} octets", length));
    CO_TRY_VOID(co_await fill(length_octets + length, deadline));
    MilterPacket packet{received_[length_octets], received_.substr(length_octets + 1, length - 1)};
    received_.erase(0, length_octets + length);
    co_return packet;
}

Task<Result<void, std::string>> MilterConnection::fill(std::size_t octets, Instant deadline) {
    while (received_.size() < octets) {
        const std::size_t had = received_.size();
        received_.resize(had + read_octets);
        const auto got = co_await stream_->read_some(std::span(received_).subspan(had), deadline);
        received_.resize(had + got.value_or(0));
        if (!got) co_return failure(fmt::format("it gives no answer: {}", describe(got.error())));
    }
    co_return Result<void, std::string>();
}

}  // namespace cursus
