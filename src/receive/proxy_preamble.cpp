#include "receive/proxy_preamble.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace cursus {

Task<Result<ProxyHeader, std::string>> read_proxy_header(Stream& stream, Instant deadline) {
    ProxyHeaderReader reader;
    std::array<char, 256> buffer;
    while (reader.wanted() > 0) {
        const std::span<char> room(buffer.data(), std::min(buffer.size(), reader.wanted()));
        const auto count = co_await stream.read_some(room, deadline);
        if (!count) co_return failure(fmt::format("no PROXY header: {}", describe(count.error())));
        auto added = reader.add({buffer.data(), *count});
        if (!added) co_return failure(std::move(added).error());
    }
    co_return reader.header();
}

}  // namespace cursus
