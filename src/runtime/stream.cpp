#include "runtime/stream.h"

namespace cursus {

std::string_view describe(StreamError error) {
    switch (error) {
        case StreamError::Closed:
            return "the peer closed the connection";
        case StreamError::Reset:
            return "the connection broke";
        case StreamError::TimedOut:
            return "timed out";
        case StreamError::Cancelled:
            return "cancelled";
        case StreamError::Tls:
            return "TLS failed";
    }
    std::unreachable();
}

Task<Result<void, StreamError>> Stream::write(std::string_view bytes, Instant deadline) {
    co_return co_await write(std::span(&bytes, 1), deadline);
}

}  // namespace cursus
