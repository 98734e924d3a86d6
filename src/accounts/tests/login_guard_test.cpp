#include "accounts/login_guard.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Guard : public testing::Test {
protected:
    static AuthSettings example() {
        AuthSettings settings;
        settings.failures_per_client = 3;
        settings.failures_per_account = 4;
        settings.failure_window = minutes{15};
        settings.block = minutes{10};
        return settings;
    }
    static IpAddress address(const char* text) { return IpAddress::parse(text).value(); }
    LoginGuard::Consequence fail(const std::string& account, const char* client) {
        return guard.failed(account, address(client), now, wall);
    }

    LoginGuard guard{example()};
    Instant now{std::chrono::hours{1}};
    WallTime wall{std::chrono::hours{1}};
};

TEST_F(Guard, makes_a_client_wait_longer_with_each_failure) {
    for (int i = 1; i <= 8; ++i) EXPECT_EQ(fail("a", "192.0.2.1").delay, seconds{std::min(i, 5)});
    EXPECT_EQ(fail("a", "192.0.2.2").delay, seconds{1});
}

TEST_F(Guard, blocks_a_client_for_a_while) {
    EXPECT_TRUE(fail("a", "192.0.2.1").blocks.empty());
    EXPECT_TRUE(fail("b", "192.0.2.1").blocks.empty());
    EXPECT_FALSE(guard.is_client_blocked(address("192.0.2.1"), now));
    const auto third = fail("", "192.0.2.1");
    ASSERT_EQ(third.blocks.size(), 1U);
    EXPECT_EQ(third.blocks[0].what, "192.0.2.1");
    EXPECT_EQ(third.blocks[0].until, wall + minutes{10});
    EXPECT_EQ(third.blocks[0].failures, 3U);
    EXPECT_TRUE(guard.is_client_blocked(address("192.0.2.1"), now));
    EXPECT_FALSE(guard.is_client_blocked(address("192.0.2.2"), now));
    EXPECT_TRUE(fail("d", "192.0.2.1").blocks.empty());  // it is told once
    now += minutes{10};
    EXPECT_FALSE(guard.is_client_blocked(address("192.0.2.1"), now));
}

TEST_F(Guard, counts_a_site_of_ipv6_as_one_client) {
    fail("a", "2001:db8:1:2::1");
    fail("a", "2001:db8:1:2::2");
    fail("b", "2001:db8:1:2:ffff::3");
    EXPECT_TRUE(guard.is_client_blocked(address("2001:db8:1:2::99"), now));
    EXPECT_FALSE(guard.is_client_blocked(address("2001:db8:1:3::1"), now));
}

TEST_F(Guard, forgets_failures_that_are_long_ago) {
    fail("a", "192.0.2.1");
    fail("a", "192.0.2.1");
    now += minutes{16};
    EXPECT_TRUE(fail("a", "192.0.2.1").blocks.empty());
    EXPECT_EQ(fail("a", "192.0.2.1").delay, seconds{2});
}

TEST_F(Guard, blocks_an_account_but_not_for_those_who_have_logged_in_to_it) {
    guard.succeeded("Julius", address("198.51.100.1"));
    for (const char* client : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) fail("julius", client);
    EXPECT_FALSE(guard.is_account_blocked("julius", address("192.0.2.9"), now));
    EXPECT_EQ(fail("JULIUS", "192.0.2.4").blocks.at(0).what, "account JULIUS");
    EXPECT_TRUE(guard.is_account_blocked("julius", address("192.0.2.9"), now));
    EXPECT_FALSE(guard.is_account_blocked("julius", address("198.51.100.1"), now));
    EXPECT_FALSE(guard.is_account_blocked("ann", address("192.0.2.9"), now));
    now += minutes{10};
    EXPECT_FALSE(guard.is_account_blocked("julius", address("192.0.2.9"), now));
}

// Each way of writing a name (RFC 4013 §2.1 leaves the soft hyphen out) would else have guesses of its own.
TEST_F(Guard, counts_an_account_by_one_name) {
    const std::vector<std::string> ways{"ju\xc2\xadlius@b.example", "jul\xc2\xadius@B.example",
                                        "julius@b.EXAMPLE", "julius@b.example"};
    for (std::size_t i = 0; i < ways.size(); ++i) fail(ways[i], ("192.0.2." + std::to_string(i + 1)).c_str());
    EXPECT_TRUE(guard.is_account_blocked("julius@b.example", address("192.0.2.9"), now));
    EXPECT_TRUE(guard.is_account_blocked("j\xc2\xadulius@b.example", address("192.0.2.9"), now));
}

TEST_F(Guard, blocks_for_the_whole_time_whoever_goes_on_guessing) {
    for (int i = 0; i < 3; ++i) {
        fail("a", "192.0.2.1");
        now += minutes{5};  // the failures are from 0 to 10 minutes, the block until 20
    }
    now += minutes{1};
    fail("a", "192.0.2.1");  // by now the window is over
    EXPECT_TRUE(guard.is_client_blocked(address("192.0.2.1"), now));
    now += minutes{4};
    EXPECT_FALSE(guard.is_client_blocked(address("192.0.2.1"), now));
}

// Else one good password would do for guessing at all the others.
TEST_F(Guard, does_not_forgive_failures_for_a_success) {
    for (int i = 0; i < 2; ++i) {
        fail("victim", "192.0.2.1");
        guard.succeeded("mine", address("192.0.2.1"));
    }
    EXPECT_EQ(fail("victim", "192.0.2.1").blocks.size(), 1U);
}

TEST_F(Guard, counts_no_name_that_is_none) {
    for (int i = 0; i < 10; ++i) {
        for (const auto& block : fail("jul\nius", "192.0.2.1").blocks) EXPECT_EQ(block.what, "192.0.2.1");
    }
}

}  // namespace
}  // namespace cursus
