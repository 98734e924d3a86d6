// What a forward file can be, and must not be.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "adapters/tests/deputy_system.h"

namespace cursus {
namespace {

namespace fs = std::filesystem;

class DeputyRead : public DeputyTest {
protected:
    std::string forward() const { return ann_.home + "/.forward"; }
    void own(const std::string& path, const SystemUser& owner) {
        ASSERT_EQ(lchown(path.c_str(), owner.uid, owner.gid), 0) << path;
    }
    void expect_text(const std::string& path, const std::string& text) {
        const auto file = read(path);
        ASSERT_TRUE(file) << file.error();
        ASSERT_TRUE(*file);
        EXPECT_EQ((*file)->text, text);
    }
    static SystemUser root() { return {}; }
};

TEST_F(DeputyRead, refuses_a_link_to_a_secret) {
    fs::create_symlink("/etc/shadow", forward());
    own(forward(), ann_);
    expect_unreadable(forward(), "is a symbolic link");
}

TEST_F(DeputyRead, refuses_a_link_to_a_secret_through_a_directory_of_the_users) {
    fs::create_directory_symlink("/etc", ann_.home + "/lists");
    own(ann_.home + "/lists", ann_);
    expect_unreadable(ann_.home + "/lists/shadow", "Permission denied");
}

TEST_F(DeputyRead, refuses_a_link_that_another_user_made) {
    system_.make_directory(ann_.home + "/real", ann_);
    system_.write(ann_.home + "/real/list", "x", ann_);
    fs::create_directory_symlink(ann_.home + "/real", ann_.home + "/lists");
    own(ann_.home + "/lists", bob_);
    expect_unreadable(ann_.home + "/lists/list", "of neither root nor the user");
}

TEST_F(DeputyRead, follows_links_of_root_to_the_home_directory) {
    const std::string homes = system_.directory() + "/homes";
    fs::create_directory_symlink(system_.directory(), homes);
    system_.write(forward(), "x", ann_);
    expect_text(homes + "/ann/.forward", "x");
    fs::remove(homes);
}

TEST_F(DeputyRead, ends_a_circle_of_links) {
    fs::create_directory_symlink(ann_.home + "/b", ann_.home + "/a");
    fs::create_directory_symlink("a", ann_.home + "/b");
    own(ann_.home + "/a", ann_);
    own(ann_.home + "/b", ann_);
    expect_unreadable(ann_.home + "/a/list", "too many symbolic links");
}

TEST_F(DeputyRead, does_not_wait_for_a_fifo) {
    ASSERT_EQ(mkfifo(forward().c_str(), 0600), 0);
    own(forward(), ann_);
    expect_unreadable(forward(), "is no regular file");
}

TEST_F(DeputyRead, refuses_a_device_and_a_directory) {
    expect_unreadable("/dev/zero", "/dev");
    system_.make_directory(forward(), ann_);
    expect_unreadable(forward(), "is no regular file");
}

TEST_F(DeputyRead, refuses_a_file_that_others_can_write) {
    for (const unsigned mode : {0620U, 0602U, 0666U}) {
        system_.write(forward(), "x", ann_, mode);
        expect_unreadable(forward(), "can be written to by others");
    }
    system_.write(forward(), "x", ann_, 0644);
    expect_text(forward(), "x");
}

TEST_F(DeputyRead, refuses_a_file_of_another_user_and_takes_one_of_root) {
    system_.write(forward(), "x", bob_, 0644);
    expect_unreadable(forward(), "belongs to neither root nor the user");
    system_.write(forward(), "x", root(), 0644);
    expect_text(forward(), "x");
}

TEST_F(DeputyRead, refuses_a_file_with_another_name) {
    system_.write(forward(), "x", ann_);
    fs::create_hard_link(forward(), ann_.home + "/other");
    expect_unreadable(forward(), "has other names");
}

TEST_F(DeputyRead, refuses_directories_that_others_can_write) {
    system_.write(forward(), "x", ann_);
    for (const unsigned mode : {0775U, 0757U, 01777U}) {
        system_.make_directory(ann_.home, ann_, mode);
        expect_unreadable(forward(), "can be written to by others");
    }
    system_.make_directory(ann_.home, bob_, 0755);
    expect_unreadable(forward(), "belongs to neither root nor the user");
}

TEST_F(DeputyRead, takes_a_sticky_directory_of_roots) {
    const std::string shared = system_.directory() + "/shared";
    system_.make_directory(shared, root(), 01777);
    system_.write(shared + "/list", "x", ann_);
    expect_text(shared + "/list", "x");
    system_.write(shared + "/list", "x", bob_, 0644);
    expect_unreadable(shared + "/list", "belongs to neither");
    fs::remove_all(shared);
}

TEST_F(DeputyRead, refuses_a_file_beyond_the_limit_and_takes_one_at_it) {
    system_.write(forward(), std::string(owners_file_bytes_max, 'x'), ann_);
    expect_text(forward(), std::string(owners_file_bytes_max, 'x'));
    system_.write(forward(), std::string(owners_file_bytes_max + 1, 'x'), ann_);
    expect_unreadable(forward(), "is too long");
    ASSERT_EQ(truncate(forward().c_str(), off_t{1} << 40), 0);  // a hole
    expect_unreadable(forward(), "is too long");
}

TEST_F(DeputyRead, puts_off_what_the_user_may_not_read) {
    system_.write(forward(), "x", ann_, 0000);
    expect_unreadable(forward(), "Permission denied");
    system_.make_directory(ann_.home, ann_, 0000);
    expect_unreadable(forward(), "Permission denied");
}

TEST_F(DeputyRead, does_not_take_a_missing_home_directory_for_a_missing_file) {
    fs::remove_all(ann_.home);
    expect_unreadable(forward(), "may not be mounted");
    fs::create_symlink("/nowhere/to/be/found", ann_.home);
    expect_unreadable(forward(), "may not be mounted");
    fs::remove(ann_.home);
}

TEST_F(DeputyRead, knows_the_home_directory_of_users_who_have_none) {
    const auto nobody = look_up_user("nobody");
    ASSERT_TRUE(nobody && *nobody);
    ASSERT_EQ((*nobody)->home, "/nonexistent");
    const auto file = run(deputy_->client->read(**nobody, "/nonexistent/.forward"));
    ASSERT_TRUE(file) << file.error();
    EXPECT_FALSE(*file);
}

TEST_F(DeputyRead, refuses_paths_that_are_not_plain) {
    for (const std::string path : {"", "/", "relative", "/a/../b", "/a/..", "/a/"})

        expect_unreadable(path, "not an absolute path");
}

// What a user does to a path while it is walked leads to their own files or to a refusal.
TEST_F(DeputyRead, is_not_led_astray_while_a_directory_is_swapped) {
    system_.make_directory(ann_.home + "/a", ann_);
    system_.write(ann_.home + "/a/shadow", "mine", ann_);
    fs::create_directory_symlink("/etc", ann_.home + "/b");
    own(ann_.home + "/b", ann_);
    std::atomic<bool> is_over = false;
    std::thread swapping([&] {
        while (!is_over)
            renameat2(AT_FDCWD, (ann_.home + "/a").c_str(), AT_FDCWD, (ann_.home + "/b").c_str(),
                      RENAME_EXCHANGE);
    });
    for (int i = 0; i < 100; ++i) {
        const auto file = read(ann_.home + "/a/shadow");
        if (file && *file) EXPECT_EQ((*file)->text, "mine");
    }
    is_over = true;
    swapping.join();
}

}  // namespace
}  // namespace cursus
