#include "accounts/password_hash.h"

#include <gtest/gtest.h>

#include "mail/base64.h"

namespace cursus {
namespace {

TEST(PasswordHash, fits_its_password_alone) {
    const std::string hash = *make_password_hash("a secret", "0123456789abcdef");
    EXPECT_TRUE(hash.starts_with("$y$")) << hash;
    EXPECT_EQ(objection_to_hash(hash), "");
    EXPECT_TRUE(*fits_hash("a secret", hash));
    for (const char* wrong : {"", "a", "A secret", "a secret "})
        EXPECT_FALSE(*fits_hash(wrong, hash)) << wrong;
}

TEST(PasswordHash, takes_the_methods_that_are_safe) {
    // Of "rasmuslerdorf", by crypt(3).
    for (const std::string hash : {"$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq",
                                   "$2b$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq",
                                   "$6$rounds=5000$usesomesillystri$"
                                   "D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQP22JZ6EY47Wc6BkroIuUUBOov1i.S5KPgE"
                                   "rtP/EN5mcO.ChWQW21",
                                   "$7$CU..../....x$mfbA/ht3lXoe2iFx.mA2gmsA2I3S0Ly68z555vYjo4D"}) {
        EXPECT_EQ(objection_to_hash(hash), "") << hash;
        EXPECT_TRUE(*fits_hash("rasmuslerdorf", hash)) << hash;
        EXPECT_FALSE(*fits_hash("another", hash)) << hash;
    }
}

TEST(PasswordHash, takes_none_that_is_not) {
    for (const std::string hash :
         {"", "*", "!", "x", "rl.3StKT.4T8M", "_J9..rasmBYk8r9AiWNc", "$1$rasmusle$rISCgZzpwk3UhDidwXvin0",
          "$3$$8846f7eaee8fb117ad06bdd830b7586c",
          "$5$usesomesillystri$KqJWpanXZHKq2BOB43TSaYhEWsQ1Lr5QNyPCDH/Tp.6",
          "$md5,rounds=5000$GUBv0xjJ$$mSwgIswdjlTY0YxV7HBVm0", "$2b$", "$y$", "$6$rounds=1$"})
        EXPECT_NE(objection_to_hash(hash), "") << hash;
}

TEST(PreparedPassword, is_one_however_it_is_typed) {
    EXPECT_EQ(prepared_password("pencil"), "pencil");
    EXPECT_EQ(prepared_password("I\xc2\xadX"), "IX");  // RFC 4013 §3, each
    EXPECT_EQ(prepared_password("\xe2\x85\xa8"), "IX");
    EXPECT_EQ(prepared_password("\xc2\xaa"), "a");
    EXPECT_EQ(prepared_password("a\xc2\xa0"
                                "b"),
              "a b");
    EXPECT_EQ(prepared_password("\xf0\x9f\x94\x91"), "\xf0\x9f\x94\x91") << "a sign younger than RFC 3454";
}

TEST(PreparedPassword, is_no_other_text) {
    for (const std::string& text : {std::string(), std::string("a\0b", 3), std::string("a\nb"),
                                    std::string("\xff"), std::string(512, 'a'), std::string("\xc2\xad")})
        EXPECT_EQ(prepared_password(text), std::nullopt);
    EXPECT_TRUE(prepared_password(std::string(511, 'a')));
}

// RFC 5802 §5: user "user", password "pencil".
TEST(ScramKeys, are_those_of_rfc_5802) {
    const std::string salt = *from_base64("QSXCR+Q6sek8bf92");
    const auto keys = make_scram_keys("pencil", ScramHash::Sha1, salt, 4096);
    ASSERT_TRUE(keys) << keys.error();
    EXPECT_EQ(to_base64(keys->stored_key), "6dlGYMOdZcOPutkcNY8U2g7vK9Y=");
    EXPECT_EQ(to_base64(keys->server_key), "D+CSWLOshSulAsxiupA+qs2/fTE=");
    EXPECT_TRUE(*fits_keys("pencil", ScramHash::Sha1, *keys));
    EXPECT_FALSE(*fits_keys("pencils", ScramHash::Sha1, *keys));
}

}  // namespace
}  // namespace cursus
