// A system with users, for tests that need root: in a mount namespace of the test program, so that the
// machine has none of it. Nothing of it can be had without root.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/deputy_client.h"
#include "adapters/reactor_pool.h"
#include "adapters/system_users.h"
#include "adapters/thread_pool.h"
#include "runtime/users.h"

namespace cursus {

// Made once in a program. Its users are ann and bob, each in a group of their own name; /var/mail is empty.
class TestSystem {
public:
    static TestSystem& shared();
    ~TestSystem();

    // Empty, or why there is none.
    const std::string& why_not() const { return why_not_; }
    const std::string& directory() const { return directory_; }  // root's, and all may enter
    SystemUser ann() const { return user("ann", 61001); }
    SystemUser bob() const { return user("bob", 61002); }
    // Theirs and root's, for PAM's services "mail" (as a system has it) and those that pam_service() made.
    static constexpr const char* password = "a secret";
    void pam_service(const std::string& name, const std::string& text) const;
    // Empties their home directories and /var/mail.
    void clean() const;

    void write(const std::string& path, const std::string& text, const SystemUser& owner,
               unsigned mode = 0600) const;
    void make_directory(const std::string& path, const SystemUser& owner, unsigned mode = 0755) const;
    static std::optional<std::string> read(const std::string& path);
    static std::vector<std::string> list(const std::string& directory);

private:
    TestSystem();
    SystemUser user(const std::string& name, std::uint32_t number) const {
        return {name, number, number, directory_ + "/" + name};
    }
    std::string make();
    std::string make_pam() const;

    std::string directory_, why_not_;
};

// A deputy of its own, and the client's side of it.
struct TestDeputy {
    TestDeputy();
    ~TestDeputy();
    static DeputyLink start();
    void run(Task<void> task) { reactors.run(std::move(task)); }

    DeputyLink link = start();  // before the first thread
    pid_t process = link.process;
    ThreadPool pool{2};
    ReactorPool reactors{2};
    std::unique_ptr<DeputyClient> client;
};

// ann's mail, by a deputy in a test system.
class DeputyTest : public testing::Test {
protected:
    void SetUp() override;

    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        T value = co_await std::move(task);
        result.emplace(std::move(value));
    }
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        deputy_->run(keep(std::move(task), result));
        return std::move(*result);
    }
    DeputyResult deliver(DeputyOrder order, std::string text = "text\n");
    Result<std::optional<OwnersFile>, std::string> read(const std::string& path);
    // That it is put off, and the reason says so.
    void expect_unreadable(const std::string& path, const std::string& why);
    static void expect_later(const DeputyResult& result, const std::string& why);
    static void expect_done(const DeputyResult& result) {
        EXPECT_EQ(result.outcome, DeputyOutcome::Done) << result.what;
    }

    TestSystem& system_ = TestSystem::shared();
    SystemUser ann_ = system_.ann(), bob_ = system_.bob();
    std::unique_ptr<TestDeputy> deputy_;
};

}  // namespace cursus
