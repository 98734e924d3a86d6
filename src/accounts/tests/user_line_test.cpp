#include "accounts/user_line.h"

#include <gtest/gtest.h>

#include "accounts/account_name.h"
#include "accounts/password_hash.h"
#include "mail/base64.h"

namespace cursus {
namespace {

// RFC 7677 §3: user "user", password "pencil".
const std::string rfc_7677_keys =
    "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
// Of "pencil", by other programs: mkpasswd, htpasswd.
const std::string sha512 =
    "$6$saltsalt$.Ce./7wyFKnGzTFRTaGRRKjYZ5qpOgYTkEKTMjK8kHoMnYkFiNX.NF.KcrMGKSmCKU8L0zTSv.gYSyR1k/vnB1";

TEST(UserLine, takes_keys_that_another_program_has_made) {
    const auto secrets = parse_secrets(rfc_7677_keys);
    ASSERT_TRUE(secrets) << secrets.error();
    EXPECT_EQ(secrets->sha256->iterations, 4096U);
    EXPECT_TRUE(*fits(*secrets, "pencil"));
    EXPECT_FALSE(*fits(*secrets, "pencil "));
    EXPECT_EQ(text_of(*secrets), rfc_7677_keys);
}

TEST(UserLine, takes_its_fields_in_any_order_and_writes_them_as_they_were) {
    const std::string hash = *make_password_hash("x", "0123456789abcdef");
    const auto secrets = parse_secrets(rfc_7677_keys + ":" + hash);
    ASSERT_TRUE(secrets) << secrets.error();
    EXPECT_EQ(secrets->password_hash, hash);
    EXPECT_TRUE(*fits(*secrets, "x")) << "the hash comes first";
    EXPECT_EQ(text_of(*secrets), hash + ":" + rfc_7677_keys);
}

TEST(UserLine, says_what_is_wrong_and_repeats_no_secret) {
    struct Case {
        std::string fields, why;
    };
    const std::string keys = rfc_7677_keys.substr(rfc_7677_keys.find(','));
    for (const auto& [fields, why] : {
             Case{"", "neither a hash"},
             Case{"pencil", "neither a hash"},
             Case{"{PLAIN}pencil", "neither a hash"},
             Case{"abJnggxhB/yWI", "neither a hash"},
             Case{"$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "not safe"},
             Case{"$nonsense", "no hash"},
             Case{"$2b$31$abcdefghijklmnopqrstuuPKf5Ll8KVPzkHrkKpbVqAYU6IdqSmlu", "too long"},
             Case{"$6$rounds=900000000$saltsalt$" + std::string(86, 'x'), "too long"},
             Case{sha512 + ":" + sha512, "two hashes"},
             Case{rfc_7677_keys + ":" + rfc_7677_keys, "twice"},
             Case{"{SCRAM-SHA-256}1" + keys, "iterations"},
             Case{"{SCRAM-SHA-256}4095" + keys, "iterations"},
             Case{"{SCRAM-SHA-256}99999999999" + keys, "iterations"},
             Case{"{SCRAM-SHA-256}4096x" + keys, "iterations"},
             Case{"{SCRAM-SHA-1}4096" + keys, "base64"},
             Case{"{SCRAM-SHA-256}4096,,,", "base64"},
             Case{rfc_7677_keys + "=", "base64"},
         }) {
        const auto secrets = parse_secrets(fields);
        ASSERT_FALSE(secrets) << fields;
        EXPECT_NE(secrets.error().find(why), std::string::npos) << fields << ": " << secrets.error();
        EXPECT_EQ(secrets.error().find("pencil"), std::string::npos) << secrets.error();
    }
}

TEST(UserLine, knows_what_costs_the_same) {
    const auto work = [](const std::string& fields) { return work_of(*parse_secrets(fields)); };
    const std::string a = *make_password_hash("a", "0123456789abcdef");
    const std::string b = *make_password_hash("b", "fedcba9876543210");
    EXPECT_EQ(work(a), work(b));
    EXPECT_EQ(work(a), work(a + ":" + rfc_7677_keys));
    EXPECT_NE(work(a), work(rfc_7677_keys));
    EXPECT_NE(work(a), work(sha512));
    EXPECT_EQ(work(sha512), work("$6$other$" + sha512.substr(12)));
}

TEST(AccountName, is_the_same_however_its_domain_is_written) {
    EXPECT_EQ(account_name("julius"), "julius");
    EXPECT_EQ(account_name("Julius@Ancient-Rome.EXAMPLE"), "Julius@ancient-rome.example");
    EXPECT_EQ(account_name("j\xc3\xbclius"), "j\xc3\xbclius");
    EXPECT_EQ(account_name("ju\xcc\x88lius"), "j\xc3\xbclius") << "RFC 4013 §2.2: composed";
}

TEST(AccountName, is_no_other_text) {
    for (const std::string& text :
         {std::string(), std::string("a:b"), std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
          std::string("\xc2\x85"), std::string(256, 'a'),
          std::string("\xc2\xad")})  // a soft hyphen, of which nothing is left
        EXPECT_EQ(account_name(text), std::nullopt) << text;
    EXPECT_TRUE(account_name(std::string(255, 'a')));
}

TEST(Base64, is_what_it_is_and_nothing_near_it) {
    const std::string octets("\0\xff\x10", 3);
    EXPECT_EQ(to_base64(octets), "AP8Q");
    EXPECT_EQ(from_base64("AP8Q"), octets);
    EXPECT_EQ(from_base64(""), "");
    EXPECT_EQ(to_base64(""), "");
    for (const char* text : {"A", "AA", "AAA", "AP8Q=", "AP 8Q", "AP8Q\n", "AP8*", "A===", "AP-_"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cursus
