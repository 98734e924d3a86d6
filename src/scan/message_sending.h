// A message on its way to a scanner, while the answer is awaited on the same connection: scanners may answer,
// and hang up, before they have all of it.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/stream.h"
#include "runtime/task_group.h"
#include "scan/message_source.h"

namespace cursus {

enum class MessageWrapping : std::uint8_t {
    None,    // its length is known to the scanner
    Chunks,  // each with its length before it, network order, and an empty one at the end: clamd(8), INSTREAM
};

// Stream and message outlive it; it must be ended.
class MessageSending {
public:
    MessageSending(Reactor& here, Stream& stream, MessageSource& message, MessageWrapping wrapping)
        : stream_(stream), message_(message), wrapping_(wrapping), tasks_(here.executor()) {}

    void begin(std::string head, Instant deadline) { tasks_.spawn(send(std::move(head), deadline)); }
    // What is not written by now never will be; the stream is of no further use then.
    Task<void> end();

    bool is_whole() const { return is_whole_; }  // all of it has been written
    // Why the message could not be read, for people. The stream is cancelled then, and nobody's server is to
    // blame.
    const std::string& unreadable() const { return unreadable_; }

private:
    Task<void> send(std::string head, Instant deadline);
    void give_up(std::string why);

    Stream& stream_;
    MessageSource& message_;
    MessageWrapping wrapping_;
    TaskGroup tasks_;
    bool is_whole_ = false;
    std::string unreadable_;
};

}  // namespace cursus
