// What every Deputy must do, as one suite. A program that has a Deputy includes this header in one file and
// writes
//     INSTANTIATE_TEST_SUITE_P(Real, DeputyContract, testing::Values(MakeDeputyWorld{make}));
// where `make` is a function that makes a DeputyWorld.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/deputy.h"
#include "runtime/users.h"
#include "tests/contracts/factory.h"
#include "tests/contracts/message_pieces.h"

namespace cursus {

class DeputyWorld {
public:
    virtual ~DeputyWorld() = default;
    virtual std::string why_skipped() { return {}; }  // empty: it can be tested here
    virtual Users& users() = 0;
    virtual Deputy& deputy() = 0;
    virtual void run(Task<void> task) = 0;
    // One that Users finds, whose home directory is there, and empty.
    virtual SystemUser user() = 0;
    virtual void write_file(const std::string& path, const std::string& text) = 0;  // as the user
    virtual std::optional<std::string> read_file(const std::string& path) = 0;
    virtual std::vector<std::string> list(const std::string& directory) = 0;
    virtual std::string password() = 0;  // the user's, and root's, for PAM's service "mail"
    // One that writes this to standard output, reads the message to its end and ends so.
    virtual CommandOrder command(const std::string& output, int status) = 0;
};
using MakeDeputyWorld = Factory<DeputyWorld>;

class DeputyContract : public testing::TestWithParam<MakeDeputyWorld> {
protected:
    using Read = Result<std::optional<OwnersFile>, std::string>;

    void SetUp() override {
        world_ = GetParam().make();
        const std::string why = world_->why_skipped();
        if (!why.empty()) GTEST_SKIP() << why;
        home_ = world_->user().home;
    }

    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        T value = co_await std::move(task);
        result.emplace(std::move(value));
    }
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        world_->run(keep(std::move(task), result));
        return std::move(*result);
    }

    DeputyResult deliver(DeputyOrder order, Pieces content) {
        return run(world_->deputy().deliver(world_->user(), std::move(order), content));
    }
    DeputyResult deliver(DeputyOrder order, std::string text) {
        return deliver(std::move(order), Pieces({std::move(text)}));
    }
    Result<PamAnswer, std::string> ask_pam(std::string name, std::string password) {
        PamQuestion question{"mail", std::move(name), std::move(password), "192.0.2.1"};
        return run(world_->deputy().ask_pam(std::move(question)));
    }
    Read read(const std::string& path) { return run(world_->deputy().read(world_->user(), path)); }
    // The result, and what failed for a failing test to print.
    static void expect(DeputyOutcome outcome, const DeputyResult& result) {
        EXPECT_EQ(result.outcome, outcome) << result.what;
    }

    std::unique_ptr<DeputyWorld> world_;
    std::string home_;
};

TEST_P(DeputyContract, is_there) {
    EXPECT_EQ(world_->deputy().why_absent(), "");
}

TEST_P(DeputyContract, acts_as_users_who_are_found) {
    const auto found = run(world_->users().find(world_->user().name));
    ASSERT_TRUE(found) << found.error();
    EXPECT_EQ(*found, world_->user());
    const auto missing = run(world_->users().find("no-such-user"));
    ASSERT_TRUE(missing) << missing.error();
    EXPECT_EQ(*missing, std::nullopt);
}

TEST_P(DeputyContract, reads_a_forward_file) {
    world_->write_file(home_ + "/.forward", "bob@example.org\n");
    const auto file = read(home_ + "/.forward");
    ASSERT_TRUE(file) << file.error();
    ASSERT_TRUE(*file);
    EXPECT_EQ((*file)->path, home_ + "/.forward");
    EXPECT_EQ((*file)->text, "bob@example.org\n");
}

TEST_P(DeputyContract, tells_that_there_is_no_forward_file) {
    const auto file = read(home_ + "/.forward");
    ASSERT_TRUE(file) << file.error();
    EXPECT_FALSE(*file);
}

TEST_P(DeputyContract, makes_a_maildir_and_puts_the_message_there) {
    const MaildirOrder order{home_ + "/Mail/dir", "one"};
    expect(DeputyOutcome::Done, deliver(order, Pieces({"Subject: x\n", "\ntext\n"})));
    EXPECT_EQ(world_->read_file(home_ + "/Mail/dir/new/one"), "Subject: x\n\ntext\n");
    EXPECT_TRUE(world_->list(home_ + "/Mail/dir/tmp").empty());
    EXPECT_TRUE(world_->list(home_ + "/Mail/dir/cur").empty());
}

TEST_P(DeputyContract, replaces_in_a_maildir_what_is_delivered_again) {
    const MaildirOrder order{home_ + "/Maildir", "one"};
    expect(DeputyOutcome::Done, deliver(order, "first"));
    expect(DeputyOutcome::Done, deliver(order, "second"));
    EXPECT_EQ(world_->read_file(home_ + "/Maildir/new/one"), "second");
    EXPECT_EQ(world_->list(home_ + "/Maildir/new").size(), 1U);
}

TEST_P(DeputyContract, appends_to_a_mailbox_file) {
    const WallTime at = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    const std::string path = home_ + "/mail/inbox";
    expect(DeputyOutcome::Done, deliver(MboxOrder{path, "ann@example.org", at}, "a\nFrom b\n"));
    expect(DeputyOutcome::Done, deliver(MboxOrder{path, "", at}, Pieces({">Fr", "om c"})));
    EXPECT_EQ(world_->read_file(path),
              "From ann@example.org Sun Mar  1 00:00:00 2026\na\n>From b\n\n"
              "From MAILER-DAEMON Sun Mar  1 00:00:00 2026\n>>From c\n\n");
    EXPECT_EQ(world_->list(home_ + "/mail").size(), 1U) << "no lock is left";
}

TEST_P(DeputyContract, begins_after_an_empty_line_whatever_a_mailbox_file_ends_with) {
    const MboxOrder order{home_ + "/inbox", "a@b", WallTime{}};
    for (const std::string before : {"cut off", "a line\n", "in order\n\n"}) {
        world_->write_file(order.path, before);
        expect(DeputyOutcome::Done, deliver(order, "text\n"));
        const std::string text = world_->read_file(order.path).value_or("");
        EXPECT_NE(text.find("\n\nFrom a@b "), std::string::npos) << text;
        EXPECT_EQ(text.find("\n\n\n"), std::string::npos) << text;
    }
}

TEST_P(DeputyContract, runs_a_command_and_knows_its_end) {
    expect(DeputyOutcome::Done, deliver(world_->command("", 0), "text"));
    expect(DeputyOutcome::Later, deliver(world_->command("", 75), "text"));
    const auto refused = deliver(world_->command("not for me", 67), "text");
    expect(DeputyOutcome::Never, refused);
    EXPECT_NE(refused.what.find("not for me"), std::string::npos) << refused.what;
}

TEST_P(DeputyContract, holds_that_a_command_which_is_missing_may_come_back) {
    CommandOrder order;
    order.arguments = {"/no/such/program"};
    const auto result = deliver(order, "text");
    expect(DeputyOutcome::Later, result);
    EXPECT_NE(result.what.find("/no/such/program"), std::string::npos) << result.what;
}

TEST_P(DeputyContract, delivers_nothing_of_a_message_that_cannot_be_read) {
    const auto result =
        deliver(MaildirOrder{home_ + "/Maildir", "one"}, Pieces({"a part"}, "the queue is broken"));
    expect(DeputyOutcome::Later, result);
    EXPECT_NE(result.what.find("the queue is broken"), std::string::npos) << result.what;
    EXPECT_EQ(world_->read_file(home_ + "/Maildir/new/one"), std::nullopt);
}

TEST_P(DeputyContract, delivers_into_a_folder_that_is_there_and_makes_none) {
    expect(DeputyOutcome::Done, deliver(MaildirOrder{home_ + "/Maildir", "one", ".lists"}, "text"));
    EXPECT_EQ(world_->read_file(home_ + "/Maildir/new/one"), "text");
    expect(DeputyOutcome::Done, deliver(MaildirOrder{home_ + "/Maildir/.lists", "made"}, "text"));
    expect(DeputyOutcome::Done, deliver(MaildirOrder{home_ + "/Maildir", "two", ".lists"}, "more"));
    EXPECT_EQ(world_->read_file(home_ + "/Maildir/.lists/new/two"), "more");
}

TEST_P(DeputyContract, delivers_a_message_of_any_size) {
    for (const std::size_t size : {0U, 1U, 262'144U, 262'145U, 3'000'000U}) {
        const std::string text(size, 'x');
        expect(DeputyOutcome::Done,
               deliver(MaildirOrder{home_ + "/Maildir", std::to_string(size)},
                       Pieces({text.substr(0, (size + 1) / 2), text.substr((size + 1) / 2)})));
        EXPECT_EQ(world_->read_file(home_ + "/Maildir/new/" + std::to_string(size)), text);
    }
}

TEST_P(DeputyContract, does_nothing_as_root) {
    const SystemUser root{"root", 0, 0, "/root"};
    Pieces content({"text"});
    const auto result = run(world_->deputy().deliver(root, MaildirOrder{home_ + "/Maildir", "one"}, content));
    expect(DeputyOutcome::Later, result);
    EXPECT_NE(result.what.find("root"), std::string::npos) << result.what;
    const auto file = run(world_->deputy().read(root, home_ + "/.forward"));
    EXPECT_FALSE(file);
}

TEST_P(DeputyContract, knows_from_pam_who_may_log_in) {
    const auto right = ask_pam(world_->user().name, world_->password());
    ASSERT_TRUE(right) << right.error();
    EXPECT_TRUE(right->may_log_in) << right->why;
    EXPECT_EQ(right->user, world_->user().name);
    for (const std::string& name : {world_->user().name, std::string("no-such-user")}) {
        const auto wrong = ask_pam(name, "something else");
        ASSERT_TRUE(wrong) << wrong.error();
        EXPECT_FALSE(wrong->may_log_in);
        EXPECT_NE(wrong->why, "");
    }
}

TEST_P(DeputyContract, lets_root_not_log_in_by_any_password) {
    for (const std::string& password : {world_->password(), std::string("something else")}) {
        const auto answer = ask_pam("root", password);
        ASSERT_TRUE(answer) << answer.error();
        EXPECT_FALSE(answer->may_log_in);
    }
}

TEST_P(DeputyContract, does_not_ask_pam_about_what_is_no_name) {
    for (const std::string name : {"", "../shadow", "a/b", "-v", ".x", "a b", "a:b", "a\n", "\xff"})
        EXPECT_FALSE(ask_pam(name, world_->password())) << name;
}

TEST_P(DeputyContract, does_nothing_once_it_is_called_off) {
    world_->deputy().call_off();
    EXPECT_FALSE(ask_pam(world_->user().name, world_->password()));
    expect(DeputyOutcome::Later, deliver(MaildirOrder{home_ + "/Maildir", "one"}, "text"));
    EXPECT_FALSE(read(home_ + "/.forward"));
    EXPECT_EQ(world_->read_file(home_ + "/Maildir/new/one"), std::nullopt);
    EXPECT_NE(world_->deputy().why_absent(), "");
}

}  // namespace cursus
