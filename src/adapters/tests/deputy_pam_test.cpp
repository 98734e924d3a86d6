// What the deputy makes of PAM's words, with real modules.
#include <gmock/gmock.h>

#include <chrono>

#include "adapters/tests/deputy_system.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using Answer = Result<PamAnswer, std::string>;

class DeputyPam : public DeputyTest {
protected:
    Answer ask(std::string service, std::string user = "ann", std::string password = TestSystem::password) {
        PamQuestion question{std::move(service), std::move(user), std::move(password), "192.0.2.1"};
        return run(deputy_->client->ask_pam(std::move(question)));
    }
    void expect_no_answer(const Answer& answer, const std::string& why) {
        ASSERT_FALSE(answer);
        EXPECT_THAT(answer.error(), testing::HasSubstr(why));
    }
    void service(const std::string& name, const std::string& auth, const std::string& account) {
        system_.pam_service(name, "auth " + auth + "\naccount " + account + "\n");
    }
};

TEST_F(DeputyPam, has_nobody_in_with_roots_number_whatever_the_name) {
    const auto answer = ask("mail", "toor");
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_FALSE(answer->may_log_in);
    EXPECT_EQ(answer->why, "root does not log in");
}

TEST_F(DeputyPam, asks_whether_the_account_may_as_well) {
    const auto expired = ask("mail", "gone");
    ASSERT_TRUE(expired) << expired.error();
    EXPECT_FALSE(expired->may_log_in) << expired->why;
    service("closed", "required pam_permit.so", "required pam_deny.so");
    const auto closed = ask("closed");
    ASSERT_TRUE(closed) << closed.error();
    EXPECT_FALSE(closed->may_log_in);
}

TEST_F(DeputyPam, hands_the_password_and_the_client_to_its_modules) {
    const std::string script = system_.directory() + "/module";
    system_.write(script,
                  "#!/bin/sh\n[ \"$(cat)\" = x ] && [ \"$PAM_RHOST\" = 192.0.2.1 ] && [ -z \"$HOME\" ]\n",
                  {"root", 0, 0, "/"}, 0755);
    service("script", "required pam_exec.so expose_authtok quiet " + script, "required pam_permit.so");
    EXPECT_TRUE(ask("script", "virtual@alpha.example", "x").value().may_log_in);
    EXPECT_FALSE(ask("script", "virtual@alpha.example", "y").value_or(PamAnswer{}).may_log_in);
}

TEST_F(DeputyPam, gives_no_answer_when_a_module_gives_none) {
    service("broken", "required pam_no_such_module.so", "required pam_permit.so");
    expect_no_answer(ask("broken"), "PAM: ");
    service("killed", "required pam_exec.so quiet /bin/no-such-program", "required pam_permit.so");
    EXPECT_FALSE(ask("killed"));
}

TEST_F(DeputyPam, answers_no_question_but_for_the_password) {
    service("echo", "required pam_echo.so hello\nauth required pam_unix.so", "required pam_unix.so");
    EXPECT_TRUE(ask("echo").value().may_log_in) << "what a module merely says is passed by";
}

TEST_F(DeputyPam, does_not_wait_because_somebody_was_wrong) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_FALSE(ask("mail", "ann", "wrong").value().may_log_in);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 1500ms) << "pam_unix asks for two seconds";
}

Task<void> ask_into(Deputy& deputy, PamQuestion question, std::optional<Answer>& answer) {
    Answer given = co_await deputy.ask_pam(std::move(question));
    answer.emplace(std::move(given));
}
Task<void> ask_all(Deputy& deputy, Executor executor, std::vector<std::optional<Answer>>& answers) {
    TaskGroup group(std::move(executor));
    for (std::size_t i = 0; i + 1 < answers.size(); ++i)
        group.spawn(ask_into(deputy, {"slow", "ann", "x", ""}, answers[i]));
    group.spawn(ask_into(deputy, {"mail", "ann", TestSystem::password, ""}, answers.back()));
    co_await group.join();
}

TEST_F(DeputyPam, ends_a_module_that_hangs_and_goes_on) {
    service("slow", "required pam_exec.so quiet /bin/sleep 3600", "required pam_permit.so");
    std::vector<std::optional<Answer>> answers(deputy_questions_max + 1);
    deputy_->run(ask_all(*deputy_->client, deputy_->reactors.first().executor(), answers));
    for (std::size_t i = 0; i < deputy_questions_max; ++i)
        expect_no_answer(*answers[i], "killed, or out of time");
    ASSERT_TRUE(answers.back()->has_value()) << answers.back()->error();
    EXPECT_TRUE(answers.back()->value().may_log_in) << "it waited for its turn";
}

}  // namespace
}  // namespace cursus
