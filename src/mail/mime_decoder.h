// The transfer encodings of MIME undone while a part streams by, RFC 2045 §6. What is no code is passed over,
// as readers of mail do, and remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cursus {

enum class TransferEncoding : std::uint8_t {
    SevenBit,
    EightBit,
    Base64,
    QuotedPrintable
};  // EightBit: or binary

// Its text is not the content itself.
constexpr bool is_decoded(TransferEncoding encoding) {
    return encoding == TransferEncoding::Base64 || encoding == TransferEncoding::QuotedPrintable;
}

// RFC 2045 §6.8. What follows padding is decoded as well: some readers do, and see what stands there.
class Base64Decoder {
public:
    void feed(std::string_view text, std::string& out);
    void finish(std::string& out);
    bool has_garbage() const { return has_garbage_; }
    bool goes_on_after_padding() const { return goes_on_after_padding_; }

private:
    void take(unsigned char c, std::string& out);
    void end_group(std::string& out);

    std::uint32_t bits_ = 0;
    std::uint32_t digits_ = 0;   // in bits_
    std::uint32_t padding_ = 0;  // that is still to come
    bool is_padded_ = false;
    bool has_garbage_ = false;
    bool goes_on_after_padding_ = false;
};

// RFC 2045 §6.7.
class QuotedPrintableDecoder {
public:
    void feed(std::string_view text, std::string& out);
    void finish(std::string& out);
    bool has_garbage() const { return has_garbage_; }

private:
    enum class State : std::uint8_t { Text, Equals, Digit, Padding, Return };
    void take(char c, std::string& out);
    bool goes_on(char c, std::string& out);
    void give_up(std::string& out);

    State state_ = State::Text;
    static constexpr std::size_t pending_octets_max = 78;
    std::string pending_;  // what stands since the equals sign
    bool has_garbage_ = false;
};

// Whichever it is. Without an encoding octets pass as they are.
class MimeDecoder {
public:
    explicit MimeDecoder(TransferEncoding encoding) : encoding_(encoding) {}
    TransferEncoding encoding() const { return encoding_; }
    void feed(std::string_view text, std::string& out);
    void finish(std::string& out);
    const Base64Decoder& base64() const { return base64_; }
    const QuotedPrintableDecoder& quoted_printable() const { return quoted_printable_; }

private:
    TransferEncoding encoding_;
    Base64Decoder base64_;
    QuotedPrintableDecoder quoted_printable_;
};

}  // namespace cursus
