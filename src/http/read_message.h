// One message of HTTP from a stream.
#pragma once

#include <array>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>

#include "base/result.h"
#include "runtime/stream.h"

namespace cursus {

inline constexpr std::size_t http_header_bytes_max = 16 * 1024;

// Feeds a Beast parser from the stream until it has all of a message, or says why not.
template <class Parser>
Task<Result<void, std::string>> read_http_message(Stream& stream, Parser& parser, Instant deadline) {
    std::string pending;
    std::array<char, 4096> buffer;
    while (!parser.is_done()) {
        const auto read = co_await stream.read_some(buffer, deadline);
        boost::system::error_code error;
        if (!read) {
            if (read.error() != StreamError::Closed) co_return failure(std::string(describe(read.error())));
            // The parser may be told of an end only when there was a beginning.
            if (parser.got_some()) parser.put_eof(error);
            if (error || !parser.is_done()) co_return failure(std::string("the connection ended too early"));
            break;
        }
        pending.append(buffer.data(), *read);
        while (!pending.empty() && !parser.is_done()) {
            const auto used = parser.put(boost::asio::buffer(pending), error);
            pending.erase(0, used);
            if (error == boost::beast::http::error::need_more) break;
            if (error) co_return failure(error.message());
        }
        if (pending.size() > http_header_bytes_max) co_return failure(std::string("the header is too long"));
    }
    co_return Result<void, std::string>{};
}

}  // namespace cursus
