#include "adapters/rocks_archive.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace cursus {
namespace {

class RocksArchiveTest : public testing::Test {
protected:
    RocksArchiveTest() : directory_(testing::TempDir() + "cursus-archive-" + std::to_string(::getpid())) {}
    ~RocksArchiveTest() override { std::filesystem::remove_all(directory_); }
    std::unique_ptr<Archive> open(std::uint64_t bytes = 64 << 20) {
        auto archive = open_rocks_archive(directory_, {std::chrono::hours{1}, bytes});
        if (!archive) ADD_FAILURE() << archive.error();
        return archive ? *std::move(archive) : nullptr;
    }
    std::string directory_;
};

TEST_F(RocksArchiveTest, finds_what_was_appended_in_order_and_within_bounds) {
    const auto archive = open();
    ASSERT_TRUE(archive->append({{"b", "2"}, {"a", "1"}, {"c", "3"}}));
    const auto found = archive->scan("a", "c", 10).value();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].key + found[0].value + found[1].key + found[1].value, "a1b2");
    EXPECT_EQ(archive->scan("a", "z", 1).value().size(), 1u);
}

TEST_F(RocksArchiveTest, an_orderly_end_keeps_everything) {
    {
        const auto archive = open();
        ASSERT_TRUE(archive->append({{"a", "1"}}));
    }
    EXPECT_EQ(open()->scan("a", "b", 10).value().size(), 1u);
}

TEST_F(RocksArchiveTest, stays_within_its_size_by_dropping_the_oldest) {
    constexpr std::uint64_t bytes_max = 16 << 20;
    constexpr int entries = 40'000;
    std::string noise(1024, '\0');
    std::uint32_t state = 1;
    const auto archive = open(bytes_max);
    for (int i = 0; i < entries; ++i) {  // 40 MiB that do not compress
        for (auto& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
        char key[16];
        std::snprintf(key, sizeof key, "%08d", i);
        ASSERT_TRUE(archive->append({{key, noise}}));
    }
    EXPECT_TRUE(archive->scan("00000000", "00000001", 1).value().empty()) << "the oldest is gone";
    EXPECT_EQ(archive->scan("00039999", "00040000", 1).value().size(), 1u) << "the newest is there";
}

}  // namespace
}  // namespace cursus
