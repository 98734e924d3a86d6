#include "runtime/replaced_file.h"

#include <gtest/gtest.h>

#include <array>

#include "sim/lossy_files.h"

namespace cursus {
namespace {

constexpr std::size_t octets_max = 100'000;
const std::string old_text(30'000, 'o');
const std::string new_text(40'000, 'n');

void write_plainly(Files& files, const std::string& path, std::string_view text) {
    auto file = files.open(path, OpenMode::CreateNew);
    const std::array pieces{text};
    ASSERT_TRUE(file && (*file)->write_at(0, pieces) && (*file)->sync() && files.sync_directory("/data"));
}

class Replacing : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(files().make_directory("/data", 0700)); }
    Files& files() { return lossy; }

    LossyDisk disk{1};
    LossyFiles lossy{disk};
    ReplacedFile file{lossy, "/data/file", octets_max};
};

TEST_F(Replacing, a_file_gives_back_what_was_written_last) {
    EXPECT_EQ(file.read(), std::nullopt);
    ASSERT_TRUE(file.replace(old_text));
    EXPECT_EQ(file.read(), old_text);
    ASSERT_TRUE(file.replace(new_text));
    EXPECT_EQ(file.read(), new_text);
    EXPECT_EQ(files().list("/data")->size(), 1U);
}

TEST_F(Replacing, what_an_interrupted_run_left_is_in_nobodys_way) {
    write_plainly(files(), "/data/file.new", "half");
    ASSERT_TRUE(file.replace(new_text));
    EXPECT_EQ(file.read(), new_text);
}

TEST_F(Replacing, a_file_that_cannot_be_read_goes_aside_before_another_takes_its_place) {
    const std::string too_long(octets_max + 1, 'x');
    write_plainly(files(), "/data/file", too_long);
    EXPECT_FALSE(file.read());
    ASSERT_TRUE(file.replace(new_text));
    EXPECT_EQ(read_whole_file(files(), file.aside(), octets_max + 1), too_long);
    EXPECT_EQ(file.read(), new_text);
}

TEST_F(Replacing, a_distrusted_file_that_somebody_removed_is_no_hindrance) {
    file.distrust();
    ASSERT_TRUE(file.replace(new_text));
    EXPECT_EQ(file.read(), new_text);
    EXPECT_FALSE(files().exists(file.aside()));
}

TEST_F(Replacing, a_full_disk_leaves_what_was_there) {
    ASSERT_TRUE(file.replace(old_text));
    disk.set_capacity(old_text.size() + 10'000);
    const auto replaced = file.replace(new_text);
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().kind, FileErrorKind::Full);
    EXPECT_EQ(file.read(), old_text);
    disk.set_capacity(1'000'000);
    ASSERT_TRUE(file.replace(new_text));
    EXPECT_EQ(file.read(), new_text);
}

TEST_F(Replacing, a_failed_sync_leaves_what_was_there) {
    ASSERT_TRUE(file.replace(old_text));
    disk.fail_syncs(1);
    EXPECT_FALSE(file.replace(new_text));
    EXPECT_EQ(file.read(), old_text);
}

// The power fails at each operation in turn, and what was not synced is lost or torn at random.
TEST(ReplacedFile, is_all_old_or_all_new_after_a_power_cut) {
    std::size_t old_ones = 0, new_ones = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        for (std::uint64_t operations = 0; operations < 8; ++operations) {
            LossyDisk disk(seed);
            LossyFiles files(disk);
            ASSERT_TRUE(disk.make_directory("/data") && disk.sync_directory("/"));
            ReplacedFile file(files, "/data/file", octets_max);
            ASSERT_TRUE(file.replace(old_text));
            disk.cut_after(operations);
            const bool is_done = file.replace(new_text).has_value();
            disk.restart(LossyDisk::Loss::PowerCut);
            const auto found = ReplacedFile(files, "/data/file", octets_max).read();
            ASSERT_TRUE(found && *found);
            ASSERT_TRUE(**found == new_text || (!is_done && **found == old_text))
                << seed << ' ' << operations;
            ++(**found == new_text ? new_ones : old_ones);
        }
    }
    EXPECT_GT(old_ones, 50U);
    EXPECT_GT(new_ones, 50U);
}

}  // namespace
}  // namespace cursus
