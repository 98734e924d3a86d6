#include <gtest/gtest.h>

#include "mail/mime_charset.h"
#include "mail/mime_words.h"

namespace cursus {
namespace {

TEST(EncodedWords, are_decoded_in_both_encodings) {
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?J=C3=BCrgen_B?= wrote"), "J\xc3\xbcrgen B wrote");
    EXPECT_EQ(decode_encoded_words("=?UTF-8?B?SsO8cmdlbg==?="), "J\xc3\xbcrgen");
    EXPECT_EQ(decode_encoded_words("=?iso-8859-1?Q?J=FCrgen?="), "J\xc3\xbcrgen");
    EXPECT_EQ(decode_encoded_words("=?US-ASCII*EN?Q?Keith_Moore?="), "Keith Moore");
}

TEST(EncodedWords, lose_the_white_space_between_them_and_no_other) {
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?a?= \r\n =?utf-8?q?b?= c =?utf-8?q?d?="), "ab c d");
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?a?= x =?utf-8?q?b?="), "a x b");
}

TEST(EncodedWords, may_share_a_character) {
    EXPECT_EQ(decode_encoded_words("=?utf-8?q?=C3?= =?utf-8?q?=BC?="), "\xc3\xbc");
}

TEST(EncodedWords, stay_as_they_are_where_they_are_none) {
    for (const char* text : {"=?", "=?utf-8", "=?utf-8?", "=?utf-8?q?", "=?utf-8?q?a",
                             "=? a?q?b?=", "a =?= b", "=?utf-8? q?a?=", "=??q?a?="})
        EXPECT_EQ(decode_encoded_words(text), text);
}

struct Sound {
    const char* text;
    bool is_sound;
};

TEST(EncodedWords, say_whether_they_are_sound) {
    for (const auto& [text, is_sound] :
         {Sound{"=?utf-8?q?a=20b?=", true}, Sound{"=?utf-8?q?a=2?=", false}, Sound{"=?utf-8?q?a=zz?=", false},
          Sound{"=?utf-8?b?YQ==?=", true}, Sound{"=?utf-8?b?YQ?=", false}, Sound{"=?utf-8?b?Y*Q==?=", false},
          Sound{"=?utf-8?x?a?=", false}, Sound{"=?utf-8?q?a b?=", false}, Sound{"=?utf[8?q?a?=", false}}) {
        EncodedWords words(text);
        const auto word = words.next();
        ASSERT_TRUE(word) << text;
        EXPECT_EQ(word->is_sound, is_sound) << text;
        EXPECT_EQ(word->text, text);
        EXPECT_FALSE(words.next());
    }
}

TEST(EncodedWords, of_a_hostile_text_are_looked_for_once) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "=?x";
    EXPECT_EQ(decode_encoded_words(text), text);
    for (int i = 0; i < 100'000; ++i) text += "=?x x?";
    EXPECT_LE(decode_encoded_words(text).size(), text.size());
}

TEST(Charsets, show_the_ascii_that_is_hidden_in_them) {
    EXPECT_EQ(to_utf8("utf-16", std::string_view("\0a\0.\0e\0x\0e", 10)), "a.exe");
    EXPECT_EQ(to_utf8("UTF-16LE", std::string_view("a\0.\0e\0x\0e\0", 10)), "a.exe");
    EXPECT_EQ(to_utf8("utf-16", std::string_view("\xff\xfe"
                                                 "a\0.\0e\0",
                                                 8)),
              "a.e");
    EXPECT_EQ(to_utf8("utf-16be", std::string_view("\xd8\x3d\xde\x00", 4)), "\xf0\x9f\x98\x80");
    EXPECT_EQ(to_utf8("utf-16be", std::string_view("\xd8\x3d\0a\xde\0", 6)),
              "\xef\xbf\xbd"
              "a\xef\xbf\xbd");
    EXPECT_EQ(to_utf8("utf-7", "a+AC4-exe +- +AOQ-"), "a.exe + \xc3\xa4");
    EXPECT_EQ(to_utf8("iso-2022-jp", "\x1b$B%O%m\x1b(B.e\x1b(Bxe"), "????.exe");
}

TEST(Charsets, that_are_not_known_keep_their_ascii) {
    EXPECT_EQ(to_utf8("koi8-r", "\xc1.exe"), "\xef\xbf\xbd.exe");
    EXPECT_EQ(to_utf8("", "\xc3\xa4.exe"), "\xc3\xa4.exe");
    EXPECT_EQ(to_utf8("Shift_JIS", "\xc2\x81"), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(to_utf8("windows-1252", "\x80\x81"), "\xe2\x82\xac\xef\xbf\xbd");
}

TEST(Charsets, hide_controls_only_where_octets_are_characters) {
    EXPECT_TRUE(has_hidden_control("a\nb"));
    EXPECT_TRUE(has_hidden_control("a\x7f"));
    EXPECT_TRUE(has_hidden_control("a\xc2\x9b"));
    EXPECT_FALSE(has_hidden_control("a\tb\xc3\xa4"));
    EXPECT_FALSE(has_hidden_control("\x83\xc2\x9b"));
}

}  // namespace
}  // namespace cursus
