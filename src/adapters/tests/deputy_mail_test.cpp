// Maildirs and mailbox files that are not as they should be.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/dot_lock.h"
#include "adapters/tests/deputy_system.h"
#include "runtime/task_group.h"
#include "tests/contracts/message_pieces.h"

namespace cursus {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct Facts {
    std::uint32_t uid, gid;
    unsigned mode;
    friend bool operator==(const Facts&, const Facts&) = default;
    friend void PrintTo(const Facts& facts, std::ostream* out) {
        *out << facts.uid << ':' << facts.gid << ' ' << std::oct << facts.mode << std::dec;
    }
};
Facts facts_of(const std::string& path) {
    struct stat facts{};
    EXPECT_EQ(lstat(path.c_str(), &facts), 0) << path;
    return {facts.st_uid, facts.st_gid, facts.st_mode & 07777};
}

void own(const std::string& path, const SystemUser& owner) {
    ASSERT_EQ(lchown(path.c_str(), owner.uid, owner.gid), 0) << path;
}

class DeputyMaildir : public DeputyTest {
protected:
    std::string directory() const { return ann_.home + "/Maildir"; }
    MaildirOrder order() const { return {directory(), "one"}; }
};

TEST_F(DeputyMaildir, is_made_for_its_user_alone) {
    expect_done(deliver(order()));
    for (const std::string part : {"", "/tmp", "/new", "/cur"})
        EXPECT_EQ(facts_of(directory() + part), (Facts{ann_.uid, ann_.gid, 0700})) << part;
    EXPECT_EQ(facts_of(directory() + "/new/one"), (Facts{ann_.uid, ann_.gid, 0600}));
}

TEST_F(DeputyMaildir, replaces_what_a_killed_attempt_left) {
    expect_done(deliver({MaildirOrder{directory(), "before"}}));
    system_.write(directory() + "/tmp/one", "half of", ann_);
    expect_done(deliver(order(), "whole\n"));
    EXPECT_EQ(TestSystem::read(directory() + "/new/one"), "whole\n");
    EXPECT_TRUE(TestSystem::list(directory() + "/tmp").empty());
}

TEST_F(DeputyMaildir, of_another_user_is_not_written_to) {
    system_.make_directory(directory(), bob_, 0777);
    expect_later(deliver(order()), "does not belong to ann");
    fs::remove_all(directory());
    // The same by a link of ann's.
    system_.make_directory(bob_.home + "/open", bob_, 0777);
    fs::create_directory_symlink(bob_.home + "/open", directory());
    own(directory(), ann_);
    expect_later(deliver(order()), "does not belong to ann");
    EXPECT_TRUE(TestSystem::list(bob_.home + "/open").empty());
}

TEST_F(DeputyMaildir, is_not_reached_through_a_link_of_another_user) {
    system_.make_directory(ann_.home + "/real", ann_, 0700);
    fs::create_directory_symlink(ann_.home + "/real", directory());
    own(directory(), bob_);
    expect_later(deliver(order()), "of neither root nor the user");
    own(directory(), ann_);
    expect_done(deliver(order()));
}

TEST_F(DeputyMaildir, is_not_written_to_through_links_inside) {
    system_.make_directory(directory(), ann_, 0700);
    system_.make_directory(ann_.home + "/elsewhere", ann_, 0700);
    fs::create_directory_symlink(ann_.home + "/elsewhere", directory() + "/new");
    expect_later(deliver(order()), directory() + "/new");
}

TEST_F(DeputyMaildir, is_not_made_where_the_user_may_not) {
    expect_later(deliver(MaildirOrder{"/etc/Maildir", "one"}), "/etc/Maildir: Permission denied");
    expect_later(deliver(MaildirOrder{bob_.home + "/Maildir", "one"}), "Permission denied");
}

TEST_F(DeputyMaildir, is_not_made_in_place_of_a_missing_home_directory) {
    fs::remove_all(ann_.home);
    expect_later(deliver(order()), "may not be mounted");
    EXPECT_FALSE(fs::exists(ann_.home));
}

TEST_F(DeputyMaildir, that_is_full_says_so_and_keeps_no_part) {
    ASSERT_EQ(mount("none", ann_.home.c_str(), "tmpfs", 0, "size=64k,mode=700,uid=61001,gid=61001"), 0);
    const auto result = deliver(order(), std::string(200'000, 'x'));
    EXPECT_EQ(result.outcome, DeputyOutcome::Full) << result.what;
    EXPECT_TRUE(TestSystem::list(directory() + "/tmp").empty());
    EXPECT_TRUE(TestSystem::list(directory() + "/new").empty());
    expect_done(deliver(order(), "small\n"));
    umount2(ann_.home.c_str(), MNT_DETACH);
}

TEST_F(DeputyMaildir, is_full_for_a_file_beyond_the_systems_limit) {
    deputy_.reset();
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{32'768, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    deputy_ = std::make_unique<TestDeputy>();
    setrlimit(RLIMIT_FSIZE, &before);
    const auto result = deliver(order(), std::string(200'000, 'x'));
    EXPECT_EQ(result.outcome, DeputyOutcome::Full) << result.what;
}

TEST_F(DeputyMaildir, takes_no_name_that_leaves_it) {
    for (const std::string name : {"", "..", "../one", "a/b", ".hidden"})
        expect_later(deliver(MaildirOrder{directory(), name}), "not the name of a file");
}

class DeputyMbox : public DeputyTest {
protected:
    std::string path() const { return ann_.home + "/inbox"; }
    std::string lock() const { return path() + ".lock"; }
    MboxOrder order() const { return {path(), "bob@example.org", WallTime{}, 0s}; }
    void date_lock(std::chrono::seconds ago) const {
        const timeval then{time(nullptr) - ago.count(), 0};
        const std::array times{then, then};
        ASSERT_EQ(utimes(lock().c_str(), times.data()), 0);
    }
};

TEST_F(DeputyMbox, in_the_spool_is_the_groups_as_well) {
    expect_done(deliver(MboxOrder{"/var/mail/ann", "", WallTime{}, 0s}));
    EXPECT_EQ(facts_of("/var/mail/ann"), (Facts{ann_.uid, 8, 0660}));
    EXPECT_EQ(TestSystem::list("/var/mail").size(), 1U);
    expect_done(deliver(MboxOrder{"/var/spool/mail/ann", "", WallTime{}, 0s}));
    expect_done(deliver(order()));
    EXPECT_EQ(facts_of(path()), (Facts{ann_.uid, ann_.gid, 0600}));
}

TEST_F(DeputyMbox, of_another_user_in_the_spool_cannot_be_made_or_written) {
    expect_later(deliver(MboxOrder{"/var/mail/bob", "", WallTime{}, 0s}), "Permission denied");
    EXPECT_TRUE(TestSystem::list("/var/mail").empty());
    system_.write("/var/mail/ann", "bob's\n", bob_, 0666);
    expect_later(deliver(MboxOrder{"/var/mail/ann", "", WallTime{}, 0s}), "does not belong to ann");
    EXPECT_EQ(TestSystem::read("/var/mail/ann"), "bob's\n");
}

TEST_F(DeputyMbox, is_no_link_no_fifo_no_device_and_has_one_name) {
    system_.write(ann_.home + "/other", "", ann_);
    fs::create_symlink("other", path());
    own(path(), ann_);
    expect_later(deliver(order()), "is a symbolic link");
    fs::remove(path());
    ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
    own(path(), ann_);
    expect_later(deliver(order()), "is no regular file");
    fs::remove(path());
    fs::create_hard_link(ann_.home + "/other", path());
    expect_later(deliver(order()), "has other names");
    expect_later(deliver(MboxOrder{"/dev/full", "", WallTime{}, 0s}), "is no regular file");
    EXPECT_EQ(TestSystem::read(ann_.home + "/other"), "");
}

TEST_F(DeputyMbox, waits_for_its_lock_file_and_no_longer_than_it_should) {
    system_.write(lock(), "1\n", ann_);
    expect_later(deliver(order()), "is locked by another program");
    EXPECT_TRUE(fs::exists(lock())) << "it is another's";
    EXPECT_EQ(TestSystem::read(path()).value_or(""), "");
    auto patient = order();
    patient.lock_wait = 1min;
    std::jthread holder([this] {
        std::this_thread::sleep_for(50ms);
        fs::remove(lock());
    });
    expect_done(deliver(patient));
    EXPECT_FALSE(fs::exists(lock()));
}

TEST_F(DeputyMbox, takes_a_stale_lock_file_away) {
    for (const auto age : {dot_lock_stale_after + 1min, -dot_lock_stale_after - 1min}) {
        system_.write(lock(), "1\n", ann_);
        date_lock(age);
        auto patient = order();
        patient.lock_wait = 1min;
        expect_done(deliver(patient));
        EXPECT_FALSE(fs::exists(lock()));
    }
    system_.write(lock(), "1\n", ann_);
    date_lock(dot_lock_stale_after - 1min);
    expect_later(deliver(order()), "is locked by another program");
}

TEST_F(DeputyMbox, waits_for_the_files_own_lock) {
    system_.write(path(), "", ann_);
    SocketHandle file(open(path().c_str(), O_RDWR | O_CLOEXEC));
    struct flock whole{};
    whole.l_type = F_RDLCK;
    ASSERT_EQ(fcntl(file.get(), F_SETLK, &whole), 0);
    expect_later(deliver(order()), "is locked by another program");
    EXPECT_FALSE(fs::exists(lock()));
    file.close();
    expect_done(deliver(order()));
}

TEST_F(DeputyMbox, that_is_full_is_as_it_was) {
    ASSERT_EQ(mount("none", ann_.home.c_str(), "tmpfs", 0, "size=64k,mode=700,uid=61001,gid=61001"), 0);
    system_.write(path(), "before\n", ann_);
    const auto result = deliver(order(), std::string(200'000, 'x'));
    EXPECT_EQ(result.outcome, DeputyOutcome::Full) << result.what;
    EXPECT_EQ(TestSystem::read(path()), "before\n");
    EXPECT_FALSE(fs::exists(lock()));
    umount2(ann_.home.c_str(), MNT_DETACH);
}

Task<void> deliver_one(TestDeputy& deputy, SystemUser user, MboxOrder order, std::string text) {
    Pieces content({std::move(text)});
    const auto result = co_await deputy.client->deliver(std::move(user), std::move(order), content);
    EXPECT_EQ(result.outcome, DeputyOutcome::Done) << result.what;
}

Task<void> deliver_many(TestDeputy& deputy, SystemUser user, MboxOrder order) {
    TaskGroup group(deputy.reactors.first().executor());
    for (int i = 0; i < 20; ++i)
        group.spawn(deliver_one(deputy, user, order, std::string(20'000, 'x') + "\n"));
    co_await group.join();
}

TEST_F(DeputyMbox, holds_whole_messages_when_many_come_at_once) {
    auto patient = order();
    patient.lock_wait = 1min;
    deputy_->run(deliver_many(*deputy_, ann_, patient));
    const std::string text = TestSystem::read(path()).value_or("");
    const std::string one =
        "From bob@example.org Thu Jan  1 00:00:00 1970\n" + std::string(20'000, 'x') + "\n\n";
    std::string expected;
    for (int i = 0; i < 20; ++i) expected += one;
    EXPECT_TRUE(text == expected) << text.size();
}

}  // namespace
}  // namespace cursus
