// Command lines out of received bytes: only CRLF ends one, RFC 5321 §2.3.8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cursus {

// Of a command line, its CRLF included. RFC 5321 §4.5.3.1.4 has 512 and lets every extension add to it;
// SMTPUTF8, DSN, AUTH (12288, RFC 4954 §4) and what is yet to come add up beyond any sum we could keep right.
// Longer is no mail.
inline constexpr std::size_t command_line_octets_max = 4096;
// The same while an AUTH exchange goes on, RFC 4954 §4.
inline constexpr std::size_t auth_line_octets_max = 12288;

enum class LineViolation : std::uint8_t { BareCr, BareLf, Nul, TooLong };

// A push parser: bytes in any pieces, lines out, the same whatever the pieces. A violation is told as soon as
// it is seen, once a line, and the rest of that line up to its CRLF is dropped without being kept. After
// BareCr, BareLf and Nul the session must end: the two sides no longer agree on what a line is. After TooLong
// it may go on.
class LineReader {
public:
    explicit LineReader(std::size_t line_octets_max = command_line_octets_max)
        : line_octets_max_(line_octets_max) {}

    // Consumes from the front of `input`. A line comes without its CRLF and is valid until the next call and
    // as long as what `input` points at. nullopt: `input` is used up and more is needed.
    std::optional<Result<std::string_view, LineViolation>> next(std::string_view& input);

    // For the lines that follow; what was begun counts.
    void set_line_octets_max(std::size_t octets) { line_octets_max_ = octets; }
    bool is_between_lines() const { return held_.empty() && !is_dropping_; }
    // What is held of a line that is not complete; the memory goes back when there is nothing.
    std::size_t held_octets() const { return held_.size(); }
    void release_memory();

private:
    using Next = Result<std::string_view, LineViolation>;
    Next refuse(LineViolation violation);
    Next give_held();
    void drop(std::string_view& input);

    std::size_t line_octets_max_;
    std::string held_;          // of the current line; may end in a CR whose LF has not come
    std::string line_;          // what the last next() gave out, when it did not lie in the input
    bool is_dropping_ = false;  // the line was refused
    bool dropped_cr_ = false;   // the last octet dropped was a CR
};

}  // namespace cursus
