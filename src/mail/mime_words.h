// Encoded words, RFC 2047: text of other character sets in a header.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

inline constexpr std::size_t encoded_word_octets_max = 75;  // RFC 2047 §2

struct EncodedWord {
    std::string_view before;   // what stands between it and the word before it
    std::string_view text;     // from "=?" to "?="
    std::string_view charset;  // without the language that RFC 2231 §5 allows behind it
    std::string octets;        // of that character set
    bool is_sound;             // as RFC 2047 §2 has it, but for its length
};

// The encoded words of a text, one after the other. Found as careless readers find them: within words and
// quoted strings, and with white space in them.
class EncodedWords {
public:
    explicit EncodedWords(std::string_view text) : rest_(text) {}
    std::optional<EncodedWord> next();
    std::string_view rest() const { return rest_; }  // behind the last one

private:
    std::string_view rest_;
};

// The text with its encoded words decoded, white space between two of them gone (RFC 2047 §6.2): UTF-8, if
// the rest of it is.
std::string decode_encoded_words(std::string_view text);

}  // namespace cursus
