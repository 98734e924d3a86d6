#include "mail/mime_words.h"

#include <algorithm>

#include "base/text.h"
#include "mail/comments.h"
#include "mail/mime_charset.h"
#include "mail/mime_decoder.h"

namespace cursus {
namespace {

constexpr std::string_view opening = "=?", closing = "?=";

// RFC 2047 §2: neither white space, nor controls, nor what has a meaning in addresses and the like.
constexpr std::string_view especials = "()<>@,;:\"/[]?.=";
bool is_word_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_printable(c) && c != ' ' && !especials.contains(c);
    });
}

bool is_blank_text(std::string_view text) {
    return std::ranges::all_of(text, is_folding_space);
}

bool has_space(std::string_view text) {
    return std::ranges::any_of(text, is_folding_space);
}

// RFC 2047 §4.2. False: an equals sign without two digits.
bool decode_q(std::string_view text, std::string& octets) {
    bool is_sound = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' || c == '\n') continue;
        const auto high = c == '=' && i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (low) {
            octets += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            if (c == '=') is_sound = false;
            octets += c == '_' ? ' ' : c;
        }
    }
    return is_sound;
}

bool decode_b(std::string_view text, std::string& octets) {
    Base64Decoder decoder;
    decoder.feed(text, octets);
    decoder.finish(octets);
    return !decoder.has_garbage() && !decoder.goes_on_after_padding();
}

struct WordParts {
    std::string_view charset, encoding, code;
};

EncodedWord read_word(const WordParts& parts) {
    EncodedWord word{.before = {},
                     .text = {},
                     .charset = parts.charset.substr(0, parts.charset.find('*')),
                     .octets = {},
                     .is_sound = is_word_token(parts.charset) && !has_space(parts.code)};
    if (equal_ignoring_case(parts.encoding, "q")) {
        if (!decode_q(parts.code, word.octets)) word.is_sound = false;
    } else if (equal_ignoring_case(parts.encoding, "b")) {
        if (!decode_b(parts.code, word.octets)) word.is_sound = false;
    } else {
        word.octets = parts.code;
        word.is_sound = false;
    }
    return word;
}

}  // namespace

// Where one of a word's marks is not to be found, no later word can have it either: a text is read once,
// however many openings stand in it.
std::optional<EncodedWord> EncodedWords::next() {
    constexpr auto none = std::string_view::npos;
    for (auto at = rest_.find(opening); at != none; at = rest_.find(opening, at + 1)) {
        const auto charset = at + opening.size();
        const auto charset_end = rest_.find('?', charset);
        if (charset_end == none) return std::nullopt;
        const auto encoding_end = rest_.find('?', charset_end + 1);
        if (encoding_end == none) return std::nullopt;
        WordParts parts{.charset = rest_.substr(charset, charset_end - charset),
                        .encoding = rest_.substr(charset_end + 1, encoding_end - charset_end - 1),
                        .code = {}};
        if (parts.charset.empty() || has_space(parts.charset) || has_space(parts.encoding)) continue;
        const auto end = rest_.find(closing, encoding_end + 1);
        if (end == none) return std::nullopt;
        parts.code = rest_.substr(encoding_end + 1, end - encoding_end - 1);
        auto word = read_word(parts);
        word.before = rest_.substr(0, at);
        word.text = rest_.substr(at, end + closing.size() - at);
        rest_.remove_prefix(end + closing.size());
        return word;
    }
    return std::nullopt;
}

std::string decode_encoded_words(std::string_view text) {
    EncodedWords words(text);
    std::string decoded, octets;
    std::string_view
        charset;  // of `octets`, which words of one character set share: they may split characters
    bool has_word = false;
    while (const auto word = words.next()) {
        const bool is_adjacent = has_word && is_blank_text(word->before);
        if (!is_adjacent || !equal_ignoring_case(charset, word->charset)) {
            decoded += to_utf8(charset, octets);
            octets.clear();
        }
        if (!is_adjacent) decoded += word->before;
        charset = word->charset;
        octets += word->octets;
        has_word = true;
    }
    decoded += to_utf8(charset, octets);
    decoded += words.rest();
    return decoded;
}

}  // namespace cursus
