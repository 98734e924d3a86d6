#include <algorithm>

#include <gtest/gtest.h>

#include "mail/mime_decoder.h"

namespace cursus {
namespace {

struct Undone {
    std::string octets;
    bool has_garbage = false, goes_on = false;
    friend bool operator==(const Undone&, const Undone&) = default;
    friend void PrintTo(const Undone& decoded, std::ostream* out) {
        *out << '"' << decoded.octets << (decoded.has_garbage ? "\", garbage" : "\"")
             << (decoded.goes_on ? ", goes on" : "");
    }
};

Undone undo(TransferEncoding encoding, std::string_view text, std::size_t step) {
    MimeDecoder decoder(encoding);
    Undone decoded;
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size())))
        decoder.feed(text.substr(0, step), decoded.octets);
    decoder.finish(decoded.octets);
    decoded.has_garbage = decoder.base64().has_garbage() || decoder.quoted_printable().has_garbage();
    decoded.goes_on = decoder.base64().goes_on_after_padding();
    return decoded;
}

// Whole, and in pieces of each size.
Undone undo(TransferEncoding encoding, std::string_view text) {
    const auto whole = undo(encoding, text, text.size() + 1);
    for (std::size_t step = 1; step < text.size(); ++step)
        EXPECT_EQ(undo(encoding, text, step), whole) << text << " in steps of " << step;
    return whole;
}

Undone base64(std::string_view text) {
    return undo(TransferEncoding::Base64, text);
}
Undone quoted_printable(std::string_view text) {
    return undo(TransferEncoding::QuotedPrintable, text);
}

TEST(Base64Decoder, decodes_over_lines) {
    EXPECT_EQ(base64(""), Undone{""});
    EXPECT_EQ(base64("Zm9v\r\nYmFy\r\n"), Undone{"foobar"});
    EXPECT_EQ(base64("Zm9\r\nvYmE="), Undone{"fooba"});
    EXPECT_EQ(base64("Z g =\t=\r\n"), Undone{"f"});
    EXPECT_EQ(base64("AP+/"), Undone{std::string("\0\xff\xbf", 3)});
}

TEST(Base64Decoder, passes_over_what_is_no_digit) {
    EXPECT_EQ(base64("Zm*9v"), (Undone{"foo", true}));
    EXPECT_EQ(base64("Zm9v=Zg=="), (Undone{"foof", true, true}));
    EXPECT_EQ(base64("Zm9"), (Undone{"fo", true}));
    EXPECT_EQ(base64("Z"), (Undone{"", true}));
    EXPECT_EQ(base64("Zg="), (Undone{"f", true}));
    EXPECT_EQ(base64("Zg===\r\n"), (Undone{"f", true}));
    EXPECT_EQ(base64("===="), (Undone{"", true}));
}

TEST(Base64Decoder, goes_on_after_padding) {
    EXPECT_EQ(base64("Zm9v\r\n=\r\nYmFy"), (Undone{"foobar", true, true})) << "some readers stop there";
    EXPECT_EQ(base64("Zm9v=\r\n"), (Undone{"foo", true, false}));
    EXPECT_EQ(base64("Zg==Zm8="), (Undone{"ffo", false, true}));
    EXPECT_EQ(base64("Zg=Zm8="), (Undone{"ffo", true, true}));
}

TEST(QuotedPrintableDecoder, decodes_digits_and_soft_line_ends) {
    EXPECT_EQ(quoted_printable("a=3Db=c3=A4c\r\nd=\r\ne=  \t\r\nf=\ng="), Undone{"a=b\xc3\xa4"
                                                                                 "c\r\ndefg"});
}

TEST(QuotedPrintableDecoder, leaves_an_equals_sign_without_digits) {
    EXPECT_EQ(quoted_printable("a=b=zc==41=4=4"), (Undone{"a=b=zc=A=4=4", true}));
    EXPECT_EQ(quoted_printable("a= b"), (Undone{"a= b", true}));
    EXPECT_EQ(quoted_printable("a=\rb"), (Undone{"a=\rb", true}));
    EXPECT_EQ(quoted_printable("=" + std::string(200, ' ') + "\r\n"),
              (Undone{"=" + std::string(200, ' ') + "\r\n", true}));
}

}  // namespace
}  // namespace cursus
