// A peer's replies out of received bytes: strict and bounded, for whoever answers may mean us harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/line_reader.h"
#include "mail/reply.h"

namespace cursus {

// RFC 5321 §4.5.3.1.5 has 512 octets for a line; longer explanations are common.
inline constexpr std::size_t reply_line_octets_max = 2048;
// Of one reply: the longest EHLO answers known have some twenty lines.
inline constexpr std::size_t reply_lines_max = 100;

enum class ReplyFault : std::uint8_t {
    LineEnd,  // a bare CR, bare LF or NUL
    LineTooLong,
    TooManyLines,
    Malformed,    // not "ddd-text" or "ddd text" or "ddd"
    BadCode,      // not between 200 and 599
    CodeChanged,  // from one line of a reply to the next, RFC 5321 §4.2.1
};
std::string_view describe(ReplyFault fault);

// Push parser: the same whatever the pieces. After a fault nothing more can be read: it is given again.
class ReplyParser {
public:
    // Consumes one reply from the front of `input`; nullopt: `input` is used up and more is needed. An
    // enhanced status is taken off the lines when it agrees with the code (RFC 2034 §4). Octets that are no
    // UTF-8 become '?'.
    std::optional<Result<Reply, ReplyFault>> next(std::string_view& input);
    bool is_between_replies() const { return lines_.empty() && reader_.is_between_lines(); }

private:
    Result<bool, ReplyFault> add(std::string_view line);
    Reply take();

    LineReader reader_{reply_line_octets_max};
    int code_ = 0;
    std::vector<std::string> lines_;  // of the reply begun, without codes
    std::optional<ReplyFault> fault_;
};

}  // namespace cursus
