#include "receive/input.h"

#include <cassert>
#include <span>
#include <utility>

namespace cursus {

Input::~Input() {
    keep_last(0);
    release();
}

Task<Result<void, StreamError>> Input::more(Instant deadline) {
    assert(empty());
    release();
    const auto ready = co_await stream_.wait_readable(deadline);
    if (!ready) co_return failure(ready.error());
    buffer_ = pool_.take();
    const std::span<char> room(buffer_.get(), BufferPool::buffer_bytes);
    const auto count = co_await stream_.read_some(room, deadline);
    if (!count) co_return failure(count.error());
    end_ = *count;
    co_return Result<void, StreamError>{};
}

void Input::release() {
    if (!empty()) return;
    begin_ = end_ = 0;
    if (buffer_) pool_.give_back(std::exchange(buffer_, nullptr));
}

}  // namespace cursus
