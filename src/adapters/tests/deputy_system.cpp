#include "adapters/tests/deputy_system.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "tests/contracts/message_pieces.h"

namespace cursus {

namespace {

namespace fs = std::filesystem;

std::string trouble(const char* what) {
    return fmt::format("{}: {}", what, std::system_category().message(errno));
}

void clear_out(const fs::path& directory) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) fs::remove_all(entry.path(), error);
}

}  // namespace

TestSystem& TestSystem::shared() {
    static TestSystem system;
    return system;
}

TestSystem::TestSystem() : why_not_(geteuid() == 0 ? make() : "needs root") {}

TestSystem::~TestSystem() {
    if (!why_not_.empty()) return;
    for (const char* const path : {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/pam.d", "/var/mail"})
        umount2(path, MNT_DETACH);
    std::error_code error;
    fs::remove_all(directory_, error);
}

std::string TestSystem::make() {
    if (unshare(CLONE_NEWNS) != 0) return trouble("a mount namespace");
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return trouble("private mounts");
    directory_ = fs::temp_directory_path() / "cursus-deputy-XXXXXX";
    if (mkdtemp(directory_.data()) == nullptr) return trouble("a directory");
    if (chmod(directory_.c_str(), 0755) != 0) return trouble("a directory that all may enter");
    const std::string passwd = directory_ + "/passwd", group = directory_ + "/group";
    fs::copy_file("/etc/passwd", passwd);
    fs::copy_file("/etc/group", group);
    for (const SystemUser& one : {ann(), bob()}) {
        std::ofstream(passwd, std::ios::app)
            << fmt::format("{}:x:{}:{}::{}:/bin/sh\n", one.name, one.uid, one.gid, one.home);
        std::ofstream(group, std::ios::app) << fmt::format("{}:x:{}:\n", one.name, one.gid);
        make_directory(one.home, one);
    }
    // Of root's group, and with root's number.
    std::ofstream(passwd, std::ios::app) << "wheel:x:61003:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n"
                                         << "gone:x:61004:61004::/:/bin/sh\n";
    if (mount(passwd.c_str(), "/etc/passwd", nullptr, MS_BIND, nullptr) != 0) return trouble("users");
    if (mount(group.c_str(), "/etc/group", nullptr, MS_BIND, nullptr) != 0) return trouble("groups");
    if (auto why = make_pam(); !why.empty()) return why;
    if (mount("none", "/var/mail", "tmpfs", 0, "mode=2775,gid=8") != 0) return trouble("a mail spool");
    return {};
}

std::string TestSystem::make_pam() const {
    // Of "a secret", by crypt(3).
    constexpr std::string_view hash =
        "$6$rounds=1000$saltsaltsalt$"
        "8FJIwQzUQzhDhWTdCOTCh5JfPaQQRRLxDWcse4QjaEXQZnB3sDS6GXRwKgTRD1jGjuRKUNLSXg.T2tHPmFAVj1";
    std::ofstream shadow(directory_ + "/shadow");
    for (const char* name : {"root", "toor", "ann", "bob"})
        shadow << fmt::format("{}:{}:19000::::::\n", name, hash);
    shadow << fmt::format("gone:{}:19000::::2:19001:\n", hash);
    shadow.close();
    if (chmod((directory_ + "/shadow").c_str(), 0600) != 0) return trouble("passwords");
    fs::create_directory(directory_ + "/pam.d");
    pam_service("mail", "auth required pam_unix.so\naccount required pam_unix.so\n");
    if (!fs::exists("/etc/shadow")) return "needs /etc/shadow";
    if (mount((directory_ + "/shadow").c_str(), "/etc/shadow", nullptr, MS_BIND, nullptr) != 0)
        return trouble("passwords");
    if (mount((directory_ + "/pam.d").c_str(), "/etc/pam.d", nullptr, MS_BIND, nullptr) != 0)
        return trouble("PAM's services");
    return {};
}

void TestSystem::pam_service(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/pam.d/" + name, std::ios::trunc) << text;
}

void TestSystem::clean() const {
    for (const SystemUser& one : {ann(), bob()}) {
        clear_out(one.home);
        make_directory(one.home, one);
    }
    clear_out("/var/mail");
}

void TestSystem::write(const std::string& path, const std::string& text, const SystemUser& owner,
                       unsigned mode) const {
    std::ofstream(path, std::ios::trunc) << text;
    if (chown(path.c_str(), owner.uid, owner.gid) != 0 || chmod(path.c_str(), mode) != 0)
        throw std::runtime_error(trouble(path.c_str()));
}

void TestSystem::make_directory(const std::string& path, const SystemUser& owner, unsigned mode) const {
    fs::create_directory(path);
    if (chown(path.c_str(), owner.uid, owner.gid) != 0 || chmod(path.c_str(), mode) != 0)
        throw std::runtime_error(trouble(path.c_str()));
}

std::optional<std::string> TestSystem::read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> TestSystem::list(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error))
        names.push_back(entry.path().filename());
    return names;
}

DeputyLink TestDeputy::start() {
    auto started = start_deputy();
    if (!started) throw std::runtime_error(started.error());
    return *std::move(started);
}

TestDeputy::TestDeputy() {
    client = std::make_unique<DeputyClient>(reactors.first(), std::move(link),
                                            ContentPlace{pool, fs::temp_directory_path().string()});
}

TestDeputy::~TestDeputy() {
    reactors.stop();
}

void DeputyTest::SetUp() {
    if (!system_.why_not().empty()) GTEST_SKIP() << system_.why_not();
    system_.clean();
    deputy_ = std::make_unique<TestDeputy>();
}

DeputyResult DeputyTest::deliver(DeputyOrder order, std::string text) {
    Pieces content({std::move(text)});
    return run(deputy_->client->deliver(ann_, std::move(order), content));
}

Result<std::optional<OwnersFile>, std::string> DeputyTest::read(const std::string& path) {
    return run(deputy_->client->read(ann_, path));
}

void DeputyTest::expect_unreadable(const std::string& path, const std::string& why) {
    const auto file = read(path);
    ASSERT_FALSE(file) << "was read, or is held not to be there";
    EXPECT_NE(file.error().find(why), std::string::npos) << file.error();
}

void DeputyTest::expect_later(const DeputyResult& result, const std::string& why) {
    EXPECT_EQ(result.outcome, DeputyOutcome::Later) << result.what;
    EXPECT_NE(result.what.find(why), std::string::npos) << result.what;
}

}  // namespace cursus
