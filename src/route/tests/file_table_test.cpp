// When a file is read again, and what counts meanwhile.
#include <gtest/gtest.h>

#include "route/alias_table.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class Troubles final : public EventSink {
public:
    void emit(MailEvent event) noexcept override {
        if (const auto* trouble = std::get_if<Trouble>(&event.body)) told.push_back(trouble->what);
    }
    std::vector<std::string> told;
};

class FileTableTest : public testing::Test {
protected:
    // In place, as an editor that truncates the file does.
    void write(std::string_view text) {
        auto file = sim_.files().open("/list", OpenMode::Write, 0600);
        if (!file) file = sim_.files().open("/list", OpenMode::CreateNew, 0600);
        ASSERT_TRUE(file);
        EXPECT_TRUE((*file)->truncate(0));
        EXPECT_TRUE((*file)->write_at(0, std::span(&text, 1)));
    }
    void write_and_wait(std::string_view text) {
        write(text);
        sim_.run_for(3s);
    }
    std::string find(const std::string& key) {
        const auto answer = sim_.run(table_->find(key));
        if (!answer) return "trouble: " + answer.error().why;
        return *answer ? (*answer)->value + " (" + (*answer)->place + ")" : "not there";
    }

    SimWorld sim_;
    Troubles events_;
    std::shared_ptr<Table> table_ = make_alias_table({sim_.world(), events_}, "people", "/list");
};

TEST_F(FileTableTest, a_row_says_where_it_stands) {
    write_and_wait("# people\nann: ann@example.org\n");
    EXPECT_EQ(find("ann"), "ann@example.org (/list:2)");
    EXPECT_EQ(find("ANN"), "ann@example.org (/list:2)");
}

TEST_F(FileTableTest, a_file_that_was_just_written_is_waited_for_when_it_is_the_first) {
    write("ann: a\n");
    const Instant start = sim_.now();
    EXPECT_EQ(find("ann"), "a (/list:1)");
    EXPECT_GE(sim_.now() - start, file_settle_time);
    EXPECT_LT(sim_.now() - start, file_settle_wait);
}

TEST_F(FileTableTest, a_file_that_is_written_all_the_time_is_not_waited_for_for_ever) {
    std::function<void()> again = [this, &again] {
        write("ann: a\n");
        sim_.clock().call_at(sim_.now() + 100ms, [&again] { again(); });
    };
    again();
    EXPECT_EQ(find("ann"), "trouble: table people: /list: it is being written");
}

TEST_F(FileTableTest, a_change_counts_once_it_has_settled_and_until_then_what_was) {
    write_and_wait("ann: a\n");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    sim_.run_for(2s);
    write("an");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    sim_.run_for(500ms);
    write("ann: b\n");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    sim_.run_for(2s);
    EXPECT_EQ(find("ann"), "b (/list:1)");
    EXPECT_TRUE(events_.told.empty());
}

TEST_F(FileTableTest, a_change_that_cannot_be_read_leaves_what_was_and_is_told_once) {
    write_and_wait("ann: a\n");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    write_and_wait("ann: b\nthis is no line\n");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(find("ann"), "a (/list:1)");
        sim_.run_for(2s);
    }
    ASSERT_EQ(events_.told.size(), 1u);
    EXPECT_TRUE(events_.told[0].starts_with("/list:2: ")) << events_.told[0];
    write_and_wait("ann: c\n");
    EXPECT_EQ(find("ann"), "c (/list:1)");
}

TEST_F(FileTableTest, a_file_that_never_could_be_read_is_trouble) {
    write_and_wait("this is no line\n");
    EXPECT_TRUE(find("ann").starts_with("trouble: table people: /list:1: ")) << find("ann");
    sim_.run_for(2s);
    EXPECT_TRUE(find("ann").starts_with("trouble: table people: /list:1: ")) << find("ann");
    EXPECT_EQ(events_.told.size(), 1u);
}

TEST_F(FileTableTest, a_file_that_is_gone_is_trouble_and_counts_again_when_it_is_back) {
    write_and_wait("ann: a\n");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    for (const std::size_t times : {1u, 2u}) {
        EXPECT_TRUE(sim_.files().rename("/list", "/away"));
        sim_.run_for(2s);
        EXPECT_TRUE(find("ann").starts_with("trouble: ")) << find("ann");
        EXPECT_TRUE(find("nobody").starts_with("trouble: ")) << find("nobody");
        EXPECT_TRUE(sim_.files().rename("/away", "/list"));
        sim_.run_for(2s);
        EXPECT_EQ(find("ann"), "a (/list:1)");
        EXPECT_EQ(find("nobody"), "not there");
        EXPECT_EQ(events_.told.size(), times);
    }
}

TEST_F(FileTableTest, a_broken_version_that_was_away_is_broken_still) {
    write_and_wait("no line\n");
    EXPECT_TRUE(find("ann").starts_with("trouble: table people: /list:1: "));
    EXPECT_TRUE(sim_.files().rename("/list", "/away"));
    sim_.run_for(2s);
    EXPECT_FALSE(find("ann").contains("/list:1"));
    EXPECT_TRUE(sim_.files().rename("/away", "/list"));
    sim_.run_for(2s);
    EXPECT_TRUE(find("ann").starts_with("trouble: table people: /list:1: ")) << find("ann");
}

TEST_F(FileTableTest, a_directory_is_no_list) {
    EXPECT_TRUE(sim_.files().make_directory("/list", 0700));
    EXPECT_EQ(find("ann"), "trouble: table people: /list: it is no regular file");
}

TEST_F(FileTableTest, a_key_that_stands_twice_is_told) {
    write_and_wait("ann: a\nann: b\nann: c\n");
    EXPECT_EQ(find("ann"), "a (/list:1)");
    ASSERT_EQ(events_.told.size(), 1u);
    EXPECT_TRUE(events_.told[0].starts_with("/list:2: ")) << events_.told[0];
    EXPECT_TRUE(events_.told[0].ends_with("; 1 more like it")) << events_.told[0];
}

TEST_F(FileTableTest, a_file_from_the_future_is_read) {
    write("ann: a\n");
    sim_.jump_wall(-24h);
    EXPECT_EQ(find("ann"), "a (/list:1)");
}

}  // namespace
}  // namespace cursus
