// What only the real network has: descriptors that run out, files of local sockets, wildcards.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "adapters/reactor_pool.h"
#include "adapters/socket_address.h"
#include "adapters/socket_handle.h"
#include "adapters/tests/test_ca.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

const Endpoint any_port{IpAddress::v4({127, 0, 0, 1}), 0};
constexpr auto long_enough = 60s;

class NetworkTest : public testing::Test {
protected:
    Network& network() { return pool_.first().network(); }
    ScratchDirectory directory_;
    ReactorPool pool_{2};
};

TEST_F(NetworkTest, two_reactors_listen_at_one_endpoint) {
    const auto first = network().listen(any_port);
    ASSERT_TRUE(first) << first.error().what;
    const auto second = pool_.reactors()[1]->network().listen((*first)->local());
    ASSERT_TRUE(second) << second.error().what;
    EXPECT_EQ((*second)->local(), (*first)->local());
}

TEST_F(NetworkTest, an_ipv6_wildcard_leaves_ipv4_alone) {
    const auto v4 = network().listen(Endpoint{IpAddress::v4({0, 0, 0, 0}), 0});
    ASSERT_TRUE(v4) << v4.error().what;
    const auto v6 = network().listen(Endpoint{IpAddress::v6({}), (*v4)->local().port});
    EXPECT_TRUE(v6) << v6.error().what;
}

TEST_F(NetworkTest, an_address_of_others_is_an_error_that_names_it) {
    const auto listener = network().listen(Endpoint{IpAddress::v4({192, 0, 2, 1}), 0});
    ASSERT_FALSE(listener);
    EXPECT_NE(listener.error().what.find("192.0.2.1:0"), std::string::npos) << listener.error().what;
}

mode_t mode_of(const std::string& path) {
    struct stat facts{};
    return lstat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
}

TEST_F(NetworkTest, a_local_socket_has_the_mode_asked_for_whatever_the_umask) {
    const mode_t before = umask(077);
    const std::string path = directory_.path() + "/socket";
    {
        const auto listener = network().listen_local(path, 0666);
        ASSERT_TRUE(listener) << listener.error().what;
        EXPECT_EQ(mode_of(path), 0666U);
    }
    EXPECT_FALSE(std::filesystem::exists(path)) << "the file goes with its listener";
    umask(0);
    const auto listener = network().listen_local(path, 0600);
    umask(before);
    ASSERT_TRUE(listener) << listener.error().what;
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST_F(NetworkTest, the_socket_a_dead_process_left_is_replaced) {
    const std::string path = directory_.path() + "/socket";
    {
        const SocketHandle dead(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const SocketAddress address = to_system(path);
        ASSERT_EQ(bind(dead.get(), address.get(), address.size), 0);
    }
    ASSERT_TRUE(std::filesystem::exists(path));
    const auto listener = network().listen_local(path, 0600);
    EXPECT_TRUE(listener) << listener.error().what;
}

TEST_F(NetworkTest, a_file_that_is_no_socket_is_left_alone) {
    const std::string path = directory_.path() + "/precious";
    std::ofstream(path) << "precious";
    const auto listener = network().listen_local(path, 0600);
    EXPECT_FALSE(listener);
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(NetworkTest, a_path_too_long_for_a_socket_is_an_error) {
    const std::string path = directory_.path() + "/" + std::string(200, 'x');
    EXPECT_FALSE(network().listen_local(path, 0600));
    EXPECT_FALSE(network().listen_local("", 0600));
}

// UBSan looks with a pipe whether an object's memory can be read: without descriptors it finds none sound.
#if __has_feature(undefined_behavior_sanitizer)
constexpr bool can_live_without_descriptors = false;
#else
constexpr bool can_live_without_descriptors = true;
#endif

// The limit of open files, lowered for one scope until nothing more can be opened.
class NoMoreFiles {
public:
    NoMoreFiles() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit lowered = before_;
        const SocketHandle probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        lowered.rlim_cur = static_cast<rlim_t>(probe.get());
        setrlimit(RLIMIT_NOFILE, &lowered);
    }
    ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
    NoMoreFiles(const NoMoreFiles&) = delete;
    NoMoreFiles& operator=(const NoMoreFiles&) = delete;

private:
    rlimit before_{};
};

Task<void> run_out_and_recover(Reactor& reactor) {
    auto listener = reactor.network().listen(any_port);
    if (!listener) co_return;
    const Endpoint to = (*listener)->local();
    const auto client =
        co_await reactor.network().connect(to, std::nullopt, reactor.clock().now() + long_enough);
    EXPECT_TRUE(client);
    {
        const NoMoreFiles none;
        for (int i = 0; i < 2; ++i) {
            const auto accepted = co_await (*listener)->accept();
            EXPECT_FALSE(accepted);
            if (!accepted) EXPECT_EQ(accepted.error().kind, NetworkErrorKind::OutOfResources);
        }
        const auto other =
            co_await reactor.network().connect(to, std::nullopt, reactor.clock().now() + long_enough);
        EXPECT_FALSE(other);
        if (!other) EXPECT_EQ(other.error().kind, NetworkErrorKind::OutOfResources);
    }
    const auto accepted = co_await (*listener)->accept();
    EXPECT_TRUE(accepted);
}

TEST_F(NetworkTest, running_out_of_descriptors_is_told_and_survived) {
    if (!can_live_without_descriptors) GTEST_SKIP() << "UBSan needs descriptors of its own";
    pool_.run(run_out_and_recover(pool_.first()));
}

Task<void> accept_none(Listener& listener) {
    const auto accepted = co_await listener.accept();
    EXPECT_FALSE(accepted);
}

Task<void> cancel_a_pause(Reactor& reactor) {
    auto listener = reactor.network().listen(any_port);
    const Endpoint to = (*listener)->local();
    const auto client =
        co_await reactor.network().connect(to, std::nullopt, reactor.clock().now() + long_enough);
    EXPECT_TRUE(client);
    const NoMoreFiles none;
    TaskGroup group(reactor.executor());
    group.spawn(accept_none(**listener));
    co_await reactor.clock().sleep_for(1ms);
    (*listener)->cancel();
    co_await group.join();
    const auto later = co_await (*listener)->accept();
    EXPECT_FALSE(later);
    if (!later) EXPECT_EQ(later.error().kind, NetworkErrorKind::Cancelled);
}

TEST_F(NetworkTest, the_pause_of_a_listener_without_descriptors_can_be_cut_short) {
    if (!can_live_without_descriptors) GTEST_SKIP() << "UBSan needs descriptors of its own";
    pool_.run(cancel_a_pause(pool_.first()));
}

// A listener whose backlog is full drops what comes, and connecting to it waits for its deadline.
Task<void> connect_to_the_silent(Reactor& reactor) {
    const SocketHandle silent(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress any = to_system(any_port);
    EXPECT_EQ(bind(silent.get(), any.get(), any.size), 0);
    EXPECT_EQ(listen(silent.get(), 0), 0);
    const Endpoint to = local_endpoint_of(silent.get());
    std::vector<std::unique_ptr<Stream>> waiting;
    for (int i = 0; i < 10; ++i) {
        auto stream = co_await reactor.network().connect(to, std::nullopt, reactor.clock().now() + 50ms);
        if (!stream) {
            EXPECT_EQ(stream.error().kind, NetworkErrorKind::TimedOut) << stream.error().what;
            co_return;
        }
        waiting.push_back(std::move(*stream));
    }
    ADD_FAILURE() << "the backlog never filled";
}

TEST_F(NetworkTest, connecting_to_the_silent_times_out) {
    pool_.run(connect_to_the_silent(pool_.first()));
}

Task<void> connect_from_elsewhere(Reactor& reactor) {
    const auto listener = reactor.network().listen(any_port);
    const IpAddress from = IpAddress::v4({192, 0, 2, 1});
    const Endpoint to = (*listener)->local();
    const auto stream = co_await reactor.network().connect(to, from, reactor.clock().now() + long_enough);
    EXPECT_FALSE(stream);
    if (!stream) EXPECT_NE(stream.error().what.find("192.0.2.1"), std::string::npos) << stream.error().what;
}

TEST_F(NetworkTest, a_source_address_of_others_is_named) {
    pool_.run(connect_from_elsewhere(pool_.first()));
}

}  // namespace
}  // namespace cursus
