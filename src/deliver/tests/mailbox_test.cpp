#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deliver/maildir.h"
#include "sim/lossy_files.h"
#include "sim/world.h"

namespace cursus {
namespace {

TEST(LineEnds, crlf_becomes_lf_however_the_pieces_are_cut) {
    const std::string text = "a\r\n\r\nb\rc\r\r\n\r\n";
    for (std::size_t octets = 1; octets <= text.size(); ++octets) {
        LineEnds line_ends;
        std::string got;
        for (std::size_t i = 0; i < text.size(); i += octets) got += line_ends.to_lf(text.substr(i, octets));
        EXPECT_EQ(got + line_ends.end(), "a\n\nb\rc\r\n\n");
    }
    LineEnds unfinished;
    EXPECT_EQ(unfinished.to_lf("x\r"), "x");
    EXPECT_EQ(unfinished.end(), "\r");
}

class MaildirTest : public testing::Test {
protected:
    Files& files() { return sim.files(); }
    std::string content(const std::string& path) {
        auto file = files().open(path, OpenMode::Read);
        if (!file) return "not there";
        std::string text(100, '\0');
        const auto read = (*file)->read_at(0, text);
        text.resize(read.value_or(0));
        return text;
    }
    SimWorld sim;
};

TEST_F(MaildirTest, a_message_has_a_name_in_new_only_once_it_is_whole) {
    ASSERT_TRUE(prepare_maildir(files(), "/mail", "/mail/rome.example/julius"));
    MaildirFile file(files(), "/mail/rome.example/julius", "1.x");
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write("one\n"));
    ASSERT_TRUE(file.write("two\n"));
    EXPECT_TRUE(files().list("/mail/rome.example/julius/new")->empty());
    ASSERT_TRUE(file.commit());
    EXPECT_EQ(content("/mail/rome.example/julius/new/1.x"), "one\ntwo\n");
    EXPECT_TRUE(files().list("/mail/rome.example/julius/tmp")->empty());
    EXPECT_TRUE(files().exists("/mail/rome.example/julius/cur"));
}

TEST_F(MaildirTest, what_was_committed_outlives_a_power_cut) {
    ASSERT_TRUE(prepare_maildir(files(), "/mail", "/mail/rome.example/julius"));
    MaildirFile file(files(), "/mail/rome.example/julius", "1.x");
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write("text\n"));
    ASSERT_TRUE(file.commit());
    sim.kill();
    EXPECT_EQ(content("/mail/rome.example/julius/new/1.x"), "text\n");
}

// A run that was killed may have made directories and not synced them; the next one finds them there.
TEST(Maildir, what_is_committed_in_directories_that_another_run_made_outlives_a_power_cut) {
    const std::string maildir = "/mail/rome.example/julius";
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        LossyDisk disk(seed);
        LossyFiles files(disk);
        ASSERT_TRUE(files.make_directory("/mail", 0700));
        ASSERT_TRUE(files.sync_directory("/"));
        for (const std::string part : {"/mail/rome.example", "/mail/rome.example/julius"})
            ASSERT_TRUE(files.make_directory(part, 0700));
        for (const std::string part : {"/tmp", "/new", "/cur"})
            ASSERT_TRUE(files.make_directory(maildir + part, 0700));
        ASSERT_TRUE(prepare_maildir(files, "/mail", maildir));
        MaildirFile file(files, maildir, "1.x");
        ASSERT_TRUE(file.open());
        ASSERT_TRUE(file.write("text\n"));
        ASSERT_TRUE(file.commit());
        disk.restart(LossyDisk::Loss::PowerCut);
        ASSERT_TRUE(files.exists(maildir + "/new/1.x")) << "seed " << seed;
    }
}

TEST_F(MaildirTest, what_a_killed_run_left_is_written_over) {
    ASSERT_TRUE(prepare_maildir(files(), "/mail", "/mail/a"));
    {
        MaildirFile dead(files(), "/mail/a", "1.x");
        ASSERT_TRUE(dead.open());
        ASSERT_TRUE(dead.write("half of it, and quite long"));
    }
    MaildirFile file(files(), "/mail/a", "1.x");
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write("text\n"));
    ASSERT_TRUE(file.commit());
    EXPECT_EQ(content("/mail/a/new/1.x"), "text\n");
}

TEST_F(MaildirTest, what_is_abandoned_leaves_nothing) {
    ASSERT_TRUE(prepare_maildir(files(), "/mail", "/mail/a"));
    MaildirFile file(files(), "/mail/a", "1.x");
    ASSERT_TRUE(file.open());
    file.abandon();
    EXPECT_TRUE(files().list("/mail/a/tmp")->empty());
    MaildirFile homeless(files(), "/mail/b", "1.x");
    const auto opened = homeless.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, FileErrorKind::NotFound);
}

}  // namespace
}  // namespace cursus
