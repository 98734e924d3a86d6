// The message as DATA and BDAT carry it: streaming, bounded, and as strict as it is fast. A message ends at
// CRLF.CRLF and nowhere else (RFC 5321 §4.1.1.4), and a bare CR, bare LF or NUL makes it a refused one, so
// that no other host can read a second message into it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/envelope.h"
#include "mail/text_check.h"

namespace cursus {

// More chunks than this in one message are a flood, not a message.
inline constexpr std::uint32_t bdat_chunks_max = 100'000;

// What both decoders do with octets of the message: check, count, and pass on as long as all is well.
class MessageOctets {
public:
    MessageOctets(std::uint64_t octets_max, bool is_text) : octets_max_(octets_max), is_text_(is_text) {}
    void add(std::string_view octets, std::string& out);
    void end() {
        if (is_text_) check_.end();
    }
    TextCheck& check() { return check_; }
    const TextCheck& check() const { return check_; }
    std::uint64_t count() const { return count_; }

private:
    void look_at(std::string_view octets) {
        if (is_text_) check_.add(octets);
    }
    std::uint64_t octets_max_;
    bool is_text_;
    std::uint64_t count_ = 0;
    TextCheck check_;
};

// DATA. One decoder a message.
class DotDecoder {
public:
    explicit DotDecoder(std::uint64_t message_octets_max) : octets_(message_octets_max, true) {}

    // Consumes `input` up to and with the final dot's line and appends the message's octets, its dots
    // unstuffed, to `out`. True at the end: what is left of `input` is the next command. After a violation
    // nothing more is appended but reading goes on to the true end, so that the session can answer there; how
    // long it may is the caller's to bound, by raw_octets().
    bool feed(std::string_view& input, std::string& out);
    const std::optional<DataViolation>& violation() const { return octets_.check().violation(); }
    std::uint64_t octets() const { return octets_.count(); }  // of the message
    std::uint64_t raw_octets() const { return raw_octets_; }  // as they came

private:
    enum class State : std::uint8_t { Text, AfterDot, AfterDotCr };
    bool step(std::string_view& input, std::string& out);
    void take_text(std::string_view& input, std::string& out);

    MessageOctets octets_;
    std::uint64_t raw_octets_ = 0;
    State state_ = State::Text;
};

// BDAT, RFC 3030 §2. One framing a message. A chunk is read whatever is wrong with it: its octets must never
// be taken for commands.
class BdatFraming {
public:
    BdatFraming(std::uint64_t message_octets_max, Body body)
        : message_octets_max_(message_octets_max), octets_(message_octets_max, body != Body::BinaryMime) {}

    // A chunk has been announced; the one before is complete. A size beyond the message's bound is TooBig at
    // once.
    void begin(std::uint64_t size, bool is_last);
    // Consumes at most the chunk's rest from `input`. True when the chunk is complete (a chunk of 0 octets is
    // at once).
    bool feed(std::string_view& input, std::string& out);
    bool is_in_chunk() const { return left_ != 0; }
    bool is_complete() const { return is_last_ && left_ == 0; }  // the last chunk has been read
    std::uint64_t left() const { return left_; }                 // of the chunk
    const std::optional<DataViolation>& violation() const { return octets_.check().violation(); }
    std::uint64_t octets() const { return octets_.count(); }  // of the message

private:
    std::uint64_t message_octets_max_;
    MessageOctets octets_;
    std::uint64_t left_ = 0;
    std::uint32_t chunks_ = 0;
    bool is_last_ = false;
};

// The sending side of DATA: stuffs dots, ends with CRLF.CRLF, adds the CRLF that a message may lack. Nothing
// is copied: the pieces point into what was given and into constants.
class DotEncoder {
public:
    // A violation means that the message must not be sent (it was refused on its way in, so this is damage):
    // close.
    [[nodiscard]] std::optional<DataViolation> encode(std::string_view text,
                                                      std::vector<std::string_view>& pieces);
    [[nodiscard]] std::optional<DataViolation> finish(std::vector<std::string_view>& pieces);

private:
    TextCheck check_;
};

}  // namespace cursus
