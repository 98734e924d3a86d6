#include "adapters/system_users.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "adapters/reactor_pool.h"
#include "adapters/socket_handle.h"
#include "adapters/thread_pool.h"

namespace cursus {
namespace {

class TestClock final : public Clock {
public:
    Instant now() const override { return now_; }
    WallTime wall_now() const override { return {}; }
    TimerId call_at(Instant, std::move_only_function<void()>) override { return 0; }
    bool cancel(TimerId) override { return false; }
    void advance(Duration time) { now_ += time; }

private:
    Instant now_{};
};

using Found = Result<std::optional<SystemUser>, std::string>;
Task<void> find(SystemUsers& users, std::string name, Found& found) {
    found = co_await users.find(std::move(name));
}

struct Asked {
    ReactorPool reactors{1};
    TestClock clock;
    SystemUsers users{clock};
    Found find(const std::string& name) {
        Found found;
        reactors.run(cursus::find(users, name, found));
        return found;
    }
};

TEST(SystemUsers, are_found_with_their_numbers_and_home_directory) {
    Asked asked;
    const auto root = asked.find("root");
    ASSERT_TRUE(root && *root);
    EXPECT_EQ(**root, (SystemUser{"root", 0, 0, "/root"}));
    const auto nobody = asked.find("nobody");
    ASSERT_TRUE(nobody && *nobody);
    EXPECT_EQ((*nobody)->uid, 65534U);
}

TEST(SystemUsers, who_are_not_there_are_nobody) {
    Asked asked;
    for (const std::string name :
         {"no-such-user", "", "-root", "Root", "root ", "../root", "a:b", "r\xc3\xb6\xc3\xb6t"}) {
        const auto found = asked.find(name);
        ASSERT_TRUE(found) << found.error();
        EXPECT_EQ(*found, std::nullopt) << name;
    }
    EXPECT_FALSE(is_plausible_user_name(std::string(user_name_bytes_max + 1, 'a')));
    EXPECT_TRUE(is_plausible_user_name(std::string(user_name_bytes_max, 'a')));
}

// In a child, where the users are others and NSS can fail.
bool holds_in_child(const std::function<bool()>& claim) {
    const pid_t child = fork();
    if (child == 0) _exit(claim() ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool put_in_place(const std::string& text, const char* path) {
    char file[] = "/tmp/cursus-users-XXXXXX";
    const SocketHandle made(mkstemp(file));
    const bool is_there = made &&
                          write(made.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                          mount(file, path, nullptr, MS_BIND, nullptr) == 0;
    unlink(file);
    return is_there;
}

// The users are these from now on, in a file that others cannot read, and no other module is asked: one that
// comes behind could say that there is no such user.
bool replace_users(const std::string& users) {
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           put_in_place(users, "/etc/passwd") && put_in_place("passwd: files\n", "/etc/nsswitch.conf") &&
           chmod("/etc/nsswitch.conf", 0644) == 0;
}

TEST(SystemUsers, are_not_held_to_be_missing_when_the_name_service_fails) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    EXPECT_TRUE(holds_in_child([] {
        if (!replace_users("ann:x:61001:61001::/:/bin/sh\n") || setresuid(61001, 61001, 61001) != 0)
            return false;
        const auto found = look_up_user("ann");
        return !found && found.error() == "looking up the user ann: Permission denied";
    }));
}

TEST(SystemUsers, are_remembered_for_ten_seconds_and_so_is_that_there_are_none) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    EXPECT_TRUE(holds_in_child([] {
        if (!replace_users("ann:x:61001:61001::/:/bin/sh\n")) return false;
        Asked asked;
        const bool before = asked.find("ann")->has_value() && !asked.find("bob")->has_value();
        // The threads of the pool have the mounts of this one at its beginning: the file itself changes.
        FILE* users = fopen("/etc/passwd", "w");
        fputs("bob:x:61002:61002::/:/bin/sh\n", users);
        fclose(users);
        asked.clock.advance(user_remembered_for - std::chrono::seconds{1});
        const bool meanwhile = asked.find("ann")->has_value() && !asked.find("bob")->has_value();
        asked.clock.advance(std::chrono::seconds{1});
        const bool after = !asked.find("ann")->has_value() && asked.find("bob")->has_value();
        return before && meanwhile && after;
    }));
}

}  // namespace
}  // namespace cursus
