// What must hold for the octets of every message that is not BINARYMIME, checked as they stream by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cursus {

// Of one line of a message, CRLF included. RFC 5321 §4.5.3.1.6 has 1000; mail with a whole web page on one
// line is common, and nothing here holds a line, so the bound only stops what no program means.
inline constexpr std::size_t text_line_octets_max = std::size_t{256} * 1024;

enum class DataViolation : std::uint8_t {
    BareCr,
    BareLf,
    Nul,
    LineTooLong,    // over the bound
    TooBig,         // more octets than the message may have
    TooManyChunks,  // BDAT: over bdat_chunks_max
};

// CR and LF only as a pair, no NUL, lines within bounds (RFC 5321 §2.3.8, §4.1.1.4). The first violation
// stays, and is the same in whatever pieces the text comes.
class TextCheck {
public:
    explicit TextCheck(std::size_t line_octets_max = text_line_octets_max)
        : line_octets_max_(line_octets_max) {}
    void add(std::string_view text);
    // The text is complete: a CR that still waits for its LF is a bare one.
    void end();
    void violate(DataViolation violation) {
        if (!violation_) violation_ = violation;
        seen_ |= bit_of(violation);
    }
    const std::optional<DataViolation>& violation() const { return violation_; }
    bool has_seen(DataViolation violation) const { return (seen_ & bit_of(violation)) != 0; }
    bool at_line_start() const { return at_line_start_; }  // at the very start, or behind a CRLF
    bool after_cr() const { return after_cr_; }

private:
    void add_plain(std::string_view run);
    void add_octet(char c);
    static constexpr std::uint32_t bit_of(DataViolation violation) {
        return std::uint32_t{1} << static_cast<unsigned>(violation);
    }

    std::size_t line_octets_max_;
    std::size_t line_octets_ = 0;
    std::uint32_t seen_ = 0;
    bool at_line_start_ = true;
    bool after_cr_ = false;
    std::optional<DataViolation> violation_;
};

}  // namespace cursus
