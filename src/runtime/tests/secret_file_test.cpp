#include "runtime/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/lossy_files.h"

namespace cursus {
namespace {

using testing::HasSubstr;

class SecretFile : public testing::Test {
protected:
    std::string read(std::string_view text, unsigned permissions = 0600) {
        (void)files_.remove("/secret");
        auto file = files_.open("/secret", OpenMode::CreateNew, permissions);
        EXPECT_TRUE((*file)->write_at(0, std::span(&text, 1)));
        return read_path("/secret");
    }
    std::string read_path(const std::string& path) {
        const auto secret = read_secret_file(files_, path);
        return secret ? "secret: " + *secret : secret.error();
    }
    LossyDisk disk_{1};
    LossyFiles files_{disk_};
};

TEST_F(SecretFile, is_one_line) {
    EXPECT_EQ(read("Et tu?"), "secret: Et tu?");
    EXPECT_EQ(read("Et tu?\n"), "secret: Et tu?");
    EXPECT_EQ(read(" Et tu? \r\n\n"), "secret:  Et tu? ") << "spaces may be part of a password";
}

TEST_F(SecretFile, with_anything_else_is_refused_and_not_shown) {
    EXPECT_EQ(read(""), "/secret: its first line is empty; write the secret there");
    EXPECT_EQ(read("\nEt tu?\n"), "/secret: its first line is empty; write the secret there");
    EXPECT_EQ(read("Et tu?\nBrute\n"), "/secret: it has more than one line");
    EXPECT_EQ(read(std::string_view("Et\0tu", 5)), "/secret: it holds a NUL");
    EXPECT_EQ(read(std::string(secret_bytes_max + 1, 'x')), "/secret: more than 1024 octets");
    EXPECT_EQ(read(std::string(secret_bytes_max, 'x')), "secret: " + std::string(secret_bytes_max, 'x'));
}

TEST_F(SecretFile, that_others_can_read_or_write_is_refused) {
    EXPECT_EQ(read("Et tu?", 0400), "secret: Et tu?");
    EXPECT_EQ(read("Et tu?", 0711), "secret: Et tu?") << "to run it is no harm";
    for (const unsigned permissions : {0640U, 0620U, 0604U, 0602U})
        EXPECT_THAT(read("Et tu?", permissions),
                    HasSubstr("others can read or write it; run chmod 600 /secret"));
    EXPECT_THAT(read("Et tu?", 0640), HasSubstr("/secret has mode 0640"));
}

// Every file of the simulated disk has one owner; here the program runs as somebody else.
class OtherUsersFiles : public LossyFiles {
public:
    using LossyFiles::LossyFiles;
    std::uint32_t own_user() const override { return LossyDisk::owner + 1; }
};

TEST_F(SecretFile, of_somebody_else_is_refused) {
    EXPECT_EQ(read("Et tu?"), "secret: Et tu?");
    OtherUsersFiles files(disk_);
    const auto secret = read_secret_file(files, "/secret");
    ASSERT_FALSE(secret);
    EXPECT_THAT(secret.error(), HasSubstr("/secret belongs to user 8, who could change it"));
}

TEST_F(SecretFile, that_is_not_there_or_no_file_is_named) {
    EXPECT_THAT(read_path("/none"), HasSubstr("/none"));
    EXPECT_TRUE(files_.make_directory("/directory", 0700));
    EXPECT_EQ(read_path("/directory"), "/directory: it is no regular file");
}

}  // namespace
}  // namespace cursus
