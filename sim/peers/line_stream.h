// Lines and blocks over a stream, as simulated peers speak them: plain code, independent of the program's
// own.
#pragma once

#include <string>
#include <string_view>

#include "runtime/clock.h"
#include "runtime/stream.h"

namespace cursus {

class LineStream {
public:
    static constexpr std::size_t line_bytes_max = 64 * 1024;

    LineStream(Stream& stream, Clock& clock, Duration patience)
        : stream_(stream), clock_(clock), patience_(patience) {}

    // Without its CRLF or LF. TimedOut after `patience` of silence.
    Task<Result<std::string, StreamError>> line();
    // Exactly so many bytes.
    Task<Result<std::string, StreamError>> block(std::size_t bytes);
    Task<Result<void, StreamError>> write(std::string_view text);
    // One byte at a time.
    Task<Result<void, StreamError>> drip(std::string_view text, Duration between_bytes);
    bool has_more() const { return !buffer_.empty(); }
    void forget() { buffer_.clear(); }  // before TLS: nothing said in the clear counts afterwards

private:
    Task<Result<void, StreamError>> fill();
    Stream& stream_;
    Clock& clock_;
    Duration patience_;
    std::string buffer_;
};

}  // namespace cursus
