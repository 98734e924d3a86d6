#include "mail/mime_decoder.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::uint8_t no_digit = 0x80;

constexpr std::array<std::uint8_t, 256> base64_digits = [] {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return digits;
}();

// Of the text's front, as many whole groups of four digits as stand there without anything between them.
// Writes three octets for each.
std::size_t decode_groups(std::string_view text, char* out) {
    const auto* from = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t taken = 0;
    for (; text.size() - taken >= 4; taken += 4, from += 4, out += 3) {
        const std::uint32_t a = base64_digits[from[0]], b = base64_digits[from[1]],
                            c = base64_digits[from[2]], d = base64_digits[from[3]];
        if (((a | b | c | d) & no_digit) != 0) break;
        const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        out[0] = static_cast<char>(bits >> 16);
        out[1] = static_cast<char>(bits >> 8);
        out[2] = static_cast<char>(bits);
    }
    return taken;
}

}  // namespace

void Base64Decoder::feed(std::string_view text, std::string& out) {
    const auto before = out.size();
    out.resize(before + text.size() + 3);  // a group's end may be all there is of it; cut again below
    std::size_t size = before;
    std::string single;
    while (!text.empty()) {
        if (digits_ == 0 && !is_padded_) {
            const auto taken = decode_groups(text, out.data() + size);
            size += taken / 4 * 3;
            text.remove_prefix(taken);
            if (text.empty()) break;
        }
        take(static_cast<unsigned char>(text.front()), single);
        text.remove_prefix(1);
        if (single.empty()) continue;
        single.copy(out.data() + size, single.size());
        size += single.size();
        single.clear();
    }
    out.resize(size);
}

void Base64Decoder::take(unsigned char c, std::string& out) {
    const auto digit = base64_digits[c];
    if (digit == no_digit) {
        if (c == '=' && digits_ >= 2) {
            padding_ = 3 - digits_;
            end_group(out);
            is_padded_ = true;
        } else if (c == '=' && padding_ != 0) {
            --padding_;
        } else if (c == '=') {  // of a group that is whole: for some readers the end all the same
            has_garbage_ = true;
            is_padded_ = true;
        } else if (c != '\r' && c != '\n' && !is_blank(static_cast<char>(c))) {
            has_garbage_ = true;
        }
        return;
    }
    if (is_padded_) {
        goes_on_after_padding_ = true;
        if (padding_ != 0) has_garbage_ = true;
        is_padded_ = false;
        padding_ = 0;
    }
    bits_ = bits_ << 6 | digit;
    if (++digits_ == 4) end_group(out);
}

// The octets that are whole, RFC 4648 §4.
void Base64Decoder::end_group(std::string& out) {
    const auto octets = digits_ * 6 / 8;
    const auto bits = bits_ << (4 - digits_) * 6;
    for (std::uint32_t i = 0; i < octets; ++i) out += static_cast<char>(bits >> (16 - 8 * i));
    bits_ = 0;
    digits_ = 0;
}

void Base64Decoder::finish(std::string& out) {
    if (digits_ != 0 || padding_ != 0) has_garbage_ = true;
    end_group(out);
    padding_ = 0;
}

void QuotedPrintableDecoder::feed(std::string_view text, std::string& out) {
    while (!text.empty()) {
        if (state_ == State::Text) {
            const auto equals = std::min(text.find('='), text.size());
            out += text.substr(0, equals);
            text.remove_prefix(equals);
            if (text.empty()) return;
        }
        take(text.front(), out);
        text.remove_prefix(1);
    }
}

void QuotedPrintableDecoder::take(char c, std::string& out) {
    if (state_ != State::Text) {
        if (goes_on(c, out)) return;
        give_up(out);
    }
    if (c == '=') {
        state_ = State::Equals;
        pending_ = c;
    } else {
        out += c;
    }
}

// Behind an equals sign stand two digits, or the line ends and goes on with the next, white space before its
// end or not.
bool QuotedPrintableDecoder::goes_on(char c, std::string& out) {
    const bool is_digit_next = state_ == State::Equals || state_ == State::Digit;
    if (is_digit_next && hex_digit(c)) {
        pending_ += c;
        if (state_ == State::Digit) {
            out += static_cast<char>(*hex_digit(pending_[1]) << 4 | *hex_digit(pending_[2]));
            state_ = State::Text;
        } else {
            state_ = State::Digit;
        }
        return true;
    }
    if (state_ == State::Digit) return false;
    if (c == '\n') {
        state_ = State::Text;
        return true;
    }
    if (state_ == State::Return || pending_.size() == pending_octets_max) return false;
    if (c != '\r' && !is_blank(c)) return false;
    pending_ += c;
    state_ = c == '\r' ? State::Return : State::Padding;
    return true;
}

void QuotedPrintableDecoder::give_up(std::string& out) {
    has_garbage_ = true;
    out += pending_;
    state_ = State::Text;
}

// An equals sign that ends the last line says that this line has no end.
void QuotedPrintableDecoder::finish(std::string& out) {
    if (state_ == State::Digit) give_up(out);
    state_ = State::Text;
}

void MimeDecoder::feed(std::string_view text, std::string& out) {
    if (encoding_ == TransferEncoding::Base64)
        base64_.feed(text, out);
    else if (encoding_ == TransferEncoding::QuotedPrintable)
        quoted_printable_.feed(text, out);
    else
        out += text;
}

void MimeDecoder::finish(std::string& out) {
    if (encoding_ == TransferEncoding::Base64) base64_.finish(out);
    if (encoding_ == TransferEncoding::QuotedPrintable) quoted_printable_.finish(out);
}

}  // namespace cursus
