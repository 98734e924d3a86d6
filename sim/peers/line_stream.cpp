#include "sim/peers/line_stream.h"

#include <array>

namespace cursus {

Task<Result<void, StreamError>> LineStream::fill() {
    std::array<char, 4096> room;
    const Instant deadline = clock_.now() + patience_;
    const auto got = co_await stream_.read_some(room, deadline);
    if (!got) co_return failure(got.error());
    buffer_.append(room.data(), *got);
    co_return Result<void, StreamError>{};
}

Task<Result<std::string, StreamError>> LineStream::line() {
    std::size_t end = buffer_.find('\n');
    while (end == std::string::npos) {
        if (buffer_.size() > line_bytes_max) co_return failure(StreamError::Reset);
        const std::size_t searched = buffer_.size();
        const auto filled = co_await fill();
        if (!filled) co_return failure(filled.error());
        end = buffer_.find('\n', searched);
    }
    std::string line = buffer_.substr(0, end > 0 && buffer_[end - 1] == '\r' ? end - 1 : end);
    buffer_.erase(0, end + 1);
    co_return line;
}

Task<Result<std::string, StreamError>> LineStream::block(std::size_t bytes) {
    while (buffer_.size() < bytes) {
        const auto filled = co_await fill();
        if (!filled) co_return failure(filled.error());
    }
    std::string block = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    co_return block;
}

Task<Result<void, StreamError>> LineStream::write(std::string_view text) {
    const Instant deadline = clock_.now() + patience_;
    co_return co_await stream_.write(text, deadline);
}

Task<Result<void, StreamError>> LineStream::drip(std::string_view text, Duration between_bytes) {
    for (const char& c : text) {
        co_await clock_.sleep_for(between_bytes);
        const auto written = co_await write(std::string_view(&c, 1));
        if (!written) co_return failure(written.error());
    }
    co_return Result<void, StreamError>{};
}

}  // namespace cursus
