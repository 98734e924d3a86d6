#include "accounts/users_file.h"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

#include "accounts/password_hash.h"

namespace cursus {
namespace {

const std::string hash_text = *make_password_hash("x", "0123456789abcdef");
const std::string keys256_text = text_of({"", {}, *make_scram_keys("x", ScramHash::Sha256, "salt", 4096)});
const std::string keys1 = text_of({"", *make_scram_keys("x", ScramHash::Sha1, "salt", 4096), {}});

TEST(UsersFile, has_an_account_a_line) {
    const UsersFile file("# people\n\njulius:" + hash_text + "\r\n \t\nAnn@Alpha.EXAMPLE:" + keys256_text +
                         ":" + hash_text);
    EXPECT_TRUE(file.warnings().empty());
    ASSERT_EQ(file.accounts().size(), 2U);
    EXPECT_EQ(file.find("julius")->fields, hash_text);
    EXPECT_EQ(file.find("julius")->line, 3U);
    EXPECT_EQ(file.find("Ann@alpha.example")->line, 5U);
    EXPECT_EQ(file.find("Julius"), nullptr);
    EXPECT_EQ(file.find("people"), nullptr);
}

TEST(UsersFile, names_each_line_that_is_wrong_and_keeps_the_others) {
    const UsersFile file("julius\n:" + hash_text + "\nann:secret\nbob:" + hash_text + "\nbob:" + keys1 +
                         "\n");
    ASSERT_EQ(file.warnings().size(), 4U);
    EXPECT_EQ(file.warnings()[0].line, 1U);
    EXPECT_EQ(file.warnings()[1].line, 2U);
    EXPECT_THAT(file.warnings()[2].what, testing::StartsWith("ann: neither"));
    EXPECT_THAT(file.warnings()[3].what, testing::HasSubstr("line already, 4"));
    EXPECT_EQ(file.find("bob")->fields, hash_text);
    EXPECT_NE(file.find("ann"), nullptr)
        << "so that its owner is told to come back, and not that they are unknown";
}

TEST(UsersFile, says_what_all_accounts_have) {
    const auto forms = [](const std::string& text) { return UsersFile(text).forms(); };
    EXPECT_TRUE(forms("").all_have(ScramHash::Sha256));
    EXPECT_TRUE(
        forms("a:" + keys256_text + "\nb:" + hash_text + ":" + keys256_text).all_have(ScramHash::Sha256));
    EXPECT_FALSE(forms("a:" + keys256_text + "\nb:" + hash_text).all_have(ScramHash::Sha256));
    EXPECT_FALSE(forms("a:" + keys256_text).all_have(ScramHash::Sha1));
    EXPECT_TRUE(forms("a:" + keys1 + ":" + keys256_text).all_have(ScramHash::Sha1));
    EXPECT_EQ(forms("").usual, nullptr);
    EXPECT_EQ(text_of(*forms("a:" + keys1 + "\nb:" + hash_text + "\nc:" + hash_text).usual), hash_text);
}

TEST(UsersFile, is_changed_in_one_line_and_in_no_other_octet) {
    const std::string text = "# people\r\n\na:old \n junk\n  # b:x\nb:kept";
    EXPECT_EQ(with_account(text, "a", "new"), "# people\r\n\na:new\n junk\n  # b:x\nb:kept");
    EXPECT_EQ(with_account(text, "c", "new"), text + "\nc:new\n");
    EXPECT_EQ(with_account(text, "people", "new"), text + "\npeople:new\n");
    EXPECT_EQ(with_account("", "c", "new"), "c:new\n");
    EXPECT_EQ(without_account(text, "b"), "# people\r\n\na:old \n junk\n  # b:x\n");
    EXPECT_EQ(without_account("A@B.example:1\na:2\nA@b.EXAMPLE:3\n", "A@b.example"), "a:2\n");
    EXPECT_EQ(without_account(text, "c"), text);
}

}  // namespace
}  // namespace cursus
