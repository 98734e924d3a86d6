// Replies on their way to a client: those of a pipelined group leave in one write (RFC 2920 §3.2).
#pragma once

#include <string>

#include "base/result.h"
#include "mail/reply.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace cursus {

class Output {
public:
    // Beyond this the group is written before its next command is read, so a client that does not read stops
    // us.
    static constexpr std::size_t gathered_bytes_max = std::size_t{4} * 1024;

    explicit Output(Stream& stream) : stream_(stream) {}

    void add(const Reply& reply) { gathered_ += reply.wire(); }
    void drop() { std::string().swap(gathered_); }
    bool empty() const { return gathered_.empty(); }
    bool is_full() const { return gathered_.size() >= gathered_bytes_max; }
    Task<Result<void, StreamError>> flush(Instant deadline);

private:
    static constexpr std::size_t idle_capacity_max = 1024;

    Stream& stream_;
    std::string gathered_;
};

}  // namespace cursus
