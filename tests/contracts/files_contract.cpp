// The file system, as far as it can be held to its promises without a power cut.
#include "runtime/files.h"

#include <algorithm>
#include <array>

#include "contracts/contract.h"

namespace cursus {
namespace {

FileResult<> write_text(File& file, std::uint64_t offset, std::string_view text) {
    return file.write_at(offset, std::span(&text, 1));
}

std::string read_text(const File& file, std::uint64_t offset, std::size_t size) {
    std::string text(size, '\0');
    const auto got = file.read_at(offset, text);
    EXPECT_TRUE(got);
    text.resize(got.value_or(0));
    return text;
}

}  // namespace

TEST_P(FilesContract, what_is_written_is_read_back) {
    Files& files = world().files;
    const std::string path = under_test().directory() + "/file";
    {
        const auto file = files.open(path, OpenMode::CreateNew, 0640);
        ASSERT_TRUE(file) << file.error().what;
        const std::array<std::string_view, 3> pieces{"one ", "", "two"};
        EXPECT_TRUE((*file)->write_at(0, pieces));
        EXPECT_TRUE(write_text(**file, 10, "far"));
        EXPECT_TRUE((*file)->sync());
        EXPECT_EQ((*file)->size().value_or(0), 13U);
    }
    EXPECT_TRUE(files.sync_directory(under_test().directory()));
    const auto file = files.open(path, OpenMode::Read);
    ASSERT_TRUE(file);
    EXPECT_EQ(read_text(**file, 0, 100), std::string("one two\0\0\0far", 13));
    EXPECT_EQ(read_text(**file, 4, 3), "two");
    EXPECT_EQ(read_text(**file, 13, 5), "");
}

TEST_P(FilesContract, many_pieces_are_written_in_order) {
    const auto file = world().files.open(under_test().directory() + "/file", OpenMode::CreateNew);
    ASSERT_TRUE(file);
    std::string all;
    std::vector<std::string> texts;
    for (int i = 0; i < 3'000; ++i) texts.push_back(std::to_string(i) + ",");
    for (const auto& text : texts) all += text;
    const std::vector<std::string_view> pieces(texts.begin(), texts.end());
    ASSERT_TRUE((*file)->write_at(7, pieces));
    EXPECT_EQ(read_text(**file, 7, all.size() + 10), all);
}

TEST_P(FilesContract, an_existing_file_is_opened_and_truncated) {
    Files& files = world().files;
    const std::string path = under_test().directory() + "/file";
    {
        const auto file = files.open(path, OpenMode::CreateNew);
        ASSERT_TRUE(file);
        EXPECT_TRUE(write_text(**file, 0, "0123456789"));
    }
    const auto file = files.open(path, OpenMode::Write);
    ASSERT_TRUE(file);
    EXPECT_TRUE((*file)->truncate(4));
    EXPECT_EQ(read_text(**file, 0, 100), "0123");
}

TEST_P(FilesContract, creating_what_exists_and_opening_what_does_not_have_their_own_errors) {
    Files& files = world().files;
    const std::string path = under_test().directory() + "/file";
    for (const OpenMode mode : {OpenMode::Read, OpenMode::Write}) {
        const auto missing = files.open(path, mode);
        ASSERT_FALSE(missing);
        EXPECT_EQ(missing.error().kind, FileErrorKind::NotFound);
        EXPECT_NE(missing.error().what.find(path), std::string::npos) << missing.error().what;
    }
    ASSERT_TRUE(files.open(path, OpenMode::CreateNew));
    const auto again = files.open(path, OpenMode::CreateNew);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, FileErrorKind::Exists);
}

TEST_P(FilesContract, rename_replaces_and_link_does_not) {
    Files& files = world().files;
    const std::string first = under_test().directory() + "/first",
                      second = under_test().directory() + "/second";
    {
        const auto one = files.open(first, OpenMode::CreateNew);
        const auto two = files.open(second, OpenMode::CreateNew);
        ASSERT_TRUE(one && two);
        EXPECT_TRUE(write_text(**one, 0, "first"));
    }
    const auto linked = files.link(first, second);
    ASSERT_FALSE(linked);
    EXPECT_EQ(linked.error().kind, FileErrorKind::Exists);
    EXPECT_TRUE(files.link(first, first + "-too"));
    EXPECT_TRUE(files.rename(first, second));
    EXPECT_FALSE(files.exists(first));
    for (const std::string& path : {second, first + "-too"}) {
        const auto file = files.open(path, OpenMode::Read);
        ASSERT_TRUE(file);
        EXPECT_EQ(read_text(**file, 0, 10), "first");
    }
    const auto gone = files.rename(first, second);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, FileErrorKind::NotFound);
}

TEST_P(FilesContract, a_removed_file_lives_on_for_those_who_hold_it) {
    Files& files = world().files;
    const std::string path = under_test().directory() + "/file";
    const auto file = files.open(path, OpenMode::CreateNew);
    ASSERT_TRUE(file);
    EXPECT_TRUE(write_text(**file, 0, "still here"));
    EXPECT_TRUE(files.remove(path));
    EXPECT_FALSE(files.exists(path));
    EXPECT_EQ(read_text(**file, 0, 100), "still here");
    const auto again = files.remove(path);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, FileErrorKind::NotFound);
}

TEST_P(FilesContract, directories_are_made_and_listed) {
    Files& files = world().files;
    const std::string directory = under_test().directory() + "/sub";
    ASSERT_TRUE(files.make_directory(directory, 0700));
    const auto again = files.make_directory(directory, 0700);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, FileErrorKind::Exists);
    EXPECT_EQ(files.list(directory).value_or(std::vector<std::string>{"?"}).size(), 0U);
    ASSERT_TRUE(files.open(directory + "/b", OpenMode::CreateNew));
    ASSERT_TRUE(files.open(directory + "/a", OpenMode::CreateNew));
    ASSERT_TRUE(files.make_directory(directory + "/c", 0700));
    EXPECT_TRUE(files.sync_directory(directory));
    auto names = files.list(directory).value_or(std::vector<std::string>());
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c"}));
    const auto missing = files.list(directory + "/none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, FileErrorKind::NotFound);
}

TEST_P(FilesContract, a_file_in_no_directory_cannot_be_made) {
    const auto file = world().files.open(under_test().directory() + "/none/file", OpenMode::CreateNew);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().kind, FileErrorKind::NotFound);
}

TEST_P(FilesContract, facts_tell_one_version_of_a_file_from_another) {
    Files& files = world().files;
    const std::string path = under_test().directory() + "/file", other = under_test().directory() + "/other";
    const auto file = files.open(path, OpenMode::CreateNew);
    ASSERT_TRUE(file);
    EXPECT_TRUE(write_text(**file, 0, "first"));
    const auto first = files.facts(path);
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_EQ(first->size, 5U);
    EXPECT_TRUE(first->is_regular);
    EXPECT_EQ((*file)->facts().value_or(FileFacts{}), *first);
    EXPECT_TRUE(write_text(**file, 0, "longer"));
    EXPECT_EQ(files.facts(path).value_or(*first).size, 6U);
    EXPECT_EQ(files.facts(path).value_or(FileFacts{}).inode, first->inode);
    ASSERT_TRUE(files.open(other, OpenMode::CreateNew));
    EXPECT_TRUE(files.rename(other, path));
    EXPECT_NE(files.facts(path).value_or(*first).inode, first->inode);
    EXPECT_EQ((*file)->facts().value_or(FileFacts{}).inode, first->inode) << "it is the file that was opened";
}

TEST_P(FilesContract, a_new_file_is_ours_with_the_permissions_it_was_made_with) {
    Files& files = world().files;
    for (const unsigned permissions : {0600U, 0400U, 0640U}) {
        const std::string path = under_test().directory() + "/file" + std::to_string(permissions);
        const auto file = files.open(path, OpenMode::CreateNew, permissions);
        ASSERT_TRUE(file);
        const auto rights = (*file)->rights();
        ASSERT_TRUE(rights) << rights.error().what;
        EXPECT_EQ(rights->owner, files.own_user());
        EXPECT_EQ(rights->permissions, permissions);
    }
}

TEST_P(FilesContract, facts_of_a_directory_and_of_nothing) {
    const auto directory = world().files.facts(under_test().directory());
    ASSERT_TRUE(directory) << directory.error().what;
    EXPECT_FALSE(directory->is_regular);
    const auto missing = world().files.facts(under_test().directory() + "/none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, FileErrorKind::NotFound);
}

TEST_P(FilesContract, there_is_room_and_it_is_told) {
    const auto room = world().files.free_bytes(under_test().directory());
    ASSERT_TRUE(room);
    EXPECT_GT(*room, 0U);
}

}  // namespace cursus
