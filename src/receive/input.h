// What has arrived from a client and was not used yet.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "receive/buffer_pool.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace cursus {

// Holds a buffer of the pool from the moment bytes can be read until all of them are consumed and release()
// or more() is called, so none while it waits for the client. Whoever reads keeps the beginning of what is
// not complete (LineReader, the decoders of mail/data_framing.h).
class Input {
public:
    Input(Stream& stream, BufferPool& pool) : stream_(stream), pool_(pool) {}
    ~Input();
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    // Valid, consumed or not, until release() or more().
    std::string_view bytes() const { return {buffer_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    void keep_last(std::size_t count) { begin_ = end_ - count; }  // the rest is used; at most bytes().size()
    void release();  // gives the buffer back if nothing is in it: before any wait for something else

    // Once empty: waits for bytes and takes what can be had, at least one.
    Task<Result<void, StreamError>> more(Instant deadline);

private:
    Stream& stream_;
    BufferPool& pool_;
    std::unique_ptr<char[]> buffer_;
    std::size_t begin_ = 0, end_ = 0;
};

}  // namespace cursus
