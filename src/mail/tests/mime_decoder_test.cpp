#include <algorithm>

#include <gtest/gtest.h>

#include "mail/mime_decoder.h"

namespace cursus {
namespace {

struct Decoded {
    std::string octets;
    bool has_garbage = false, goes_on = false;
    friend bool operator==(const Decoded&, const Decoded&) = default;
    friend void PrintTo(const Decoded& decoded, std::ostream* out) {
        *out << '"' << decoded.octets << (decoded.has_garbage ? "\", garbage" : "\"")
             << (decoded.goes_on ? ", goes on" : "");
    }
};

Decoded decode(TransferEncoding encoding, std::string_view text, std::size_t step) {
    MimeDecoder decoder(encoding);
    Decoded decoded;
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
        decoder.feed(text.substr(0, step), decoded.octets);
    decoder.finish(decoded.octets);
    decoded.has_garbage = decoder.base64().has_garbage() || decoder.quoted_printable().has_garbage();
    decoded.goes_on = decoder.base64().goes_on_after_padding();
    return decoded;
}

// Whole, and in pieces of each size.
Decoded decode(TransferEncoding encoding, std::string_view text) {
    const auto whole = decode(encoding, text, text.size() + 1);
    for (std::size_t step = 1; step < text.size(); ++step)
        EXPECT_EQ(decode(encoding, text, step), whole) << text << " in steps of " << step;
    return whole;
}

Decoded base64(std::string_view text) {
    return decode(TransferEncoding::Base64, text);
}
Decoded quoted_printable(std::string_view text) {
    return decode(TransferEncoding::QuotedPrintable, text);
}

TEST(Base64Decoder, decodes_over_lines) {
    EXPECT_EQ(base64(""), Decoded{""});
    EXPECT_EQ(base64("Zm9v\r\nYmFy\r\n"), Decoded{"foobar"});
    EXPECT_EQ(base64("Zm9\r\nvYmE="), Decoded{"fooba"});
    EXPECT_EQ(base64("Z g =\t=\r\n"), Decoded{"f"});
    EXPECT_EQ(base64("AP+/"), Decoded{std::string("\0\xff\xbf", 3)});
}

TEST(Base64Decoder, passes_over_what_is_no_digit) {
    EXPECT_EQ(base64("Zm*9v"), (Decoded{"foo", true}));
    EXPECT_EQ(base64("Zm9v=Zg=="), (Decoded{"foof", true}));
    EXPECT_EQ(base64("Zm9"), (Decoded{"fo", true}));
    EXPECT_EQ(base64("Z"), (Decoded{"", true}));
    EXPECT_EQ(base64("Zg="), (Decoded{"f", true}));
    EXPECT_EQ(base64("Zg===\r\n"), (Decoded{"f", true}));
    EXPECT_EQ(base64("===="), (Decoded{"", true}));
}

TEST(Base64Decoder, goes_on_after_padding) {
    EXPECT_EQ(base64("Zg==Zm8="), (Decoded{"ffo", false, true}));
    EXPECT_EQ(base64("Zg=Zm8="), (Decoded{"ffo", true, true}));
}

TEST(QuotedPrintableDecoder, decodes_digits_and_soft_line_ends) {
    EXPECT_EQ(quoted_printable("a=3Db=c3=A4c\r\nd=\r\ne=  \t\r\nf=\ng="), Decoded{"a=b\xc3\xa4"
                                                                                  "c\r\ndefg"});
}

TEST(QuotedPrintableDecoder, leaves_an_equals_sign_without_digits) {
    EXPECT_EQ(quoted_printable("a=b=zc==41=4=4"), (Decoded{"a=b=zc=A=4=4", true}));
    EXPECT_EQ(quoted_printable("a= b"), (Decoded{"a= b", true}));
    EXPECT_EQ(quoted_printable("a=\rb"), (Decoded{"a=\rb", true}));
    EXPECT_EQ(quoted_printable("=" + std::string(200, ' ') + "\r\n"),
              (Decoded{"=" + std::string(200, ' ') + "\r\n", true}));
}

}  // namespace
}  // namespace cursus
