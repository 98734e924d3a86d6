// A message on its way to a scanner, which may answer, and hang up, before it has all of it.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/stream.h"
#include "scan/message_source.h"

namespace cursus {

enum class MessageWrapping : std::uint8_t {
    None,    // its length is known to the scanner
    Chunks,  // each with its length before it, network order, and an empty one at the end: clamd(8), INSTREAM
};

enum class Sent : std::uint8_t {
    Whole,
    Part,  // something has come meanwhile, be it only the end: what it is will be heard on the stream
};

// The head and the message. The failure is for people: the message cannot be read, and no server is to blame.
Task<Result<Sent, std::string>> send_message(Stream& stream, std::string head, MessageSource& message,
                                             MessageWrapping wrapping, Instant deadline);

}  // namespace cursus
