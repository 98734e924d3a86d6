#include "config/reload.h"

#include <gmock/gmock.h>

#include "config/parse.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Settings loaded(const std::string& text) {
    auto settings = parse_settings("hostname = \"mail.example.org\"\n" + text, {});
    EXPECT_TRUE(settings) << (settings ? "" : describe_errors("cursus.toml", settings.error()));
    return settings ? *std::move(settings) : Settings();
}

struct Change {
    const char* before;
    const char* after;
    const char* name;
    bool is_live;
};

class Reloads : public testing::TestWithParam<Change> {};

TEST_P(Reloads, say_what_is_in_force_and_what_waits_for_a_restart) {
    const auto& [before, after, name, is_live] = GetParam();
    const Settings running = loaded(before), next = loaded(after);
    const TakenOver taken = take_over(running, next);
    EXPECT_EQ(taken.changed, is_live ? std::vector<std::string>{name} : std::vector<std::string>{});
    EXPECT_EQ(taken.needs_restart, is_live ? std::vector<std::string>{} : std::vector<std::string>{name});
    // What needs a restart is as it was, so that the same file read again says the same.
    EXPECT_TRUE(take_over(taken.settings, is_live ? next : running).needs_restart.empty());
    EXPECT_TRUE(take_over(taken.settings, is_live ? next : running).changed.empty());
}

constexpr const char* mx = "[[listener]]\naddress = \"0.0.0.0:25\"\n";
constexpr const char* other_port = "[[listener]]\naddress = \"0.0.0.0:26\"\n";
constexpr const char* proxied = "[[listener]]\naddress = \"0.0.0.0:25\"\nproxies = [\"10.0.0.1\"]\n";

INSTANTIATE_TEST_SUITE_P(
    All, Reloads,
    testing::Values(
        Change{"", "data_dir = \"/elsewhere\"\n", "data_dir", false},
        Change{"", "run_as = \"cursus\"\n", "run_as", false}, Change{"", "threads = 3\n", "threads", false},
        Change{mx, other_port, "[[listener]] name, address, service, tls", false},
        Change{mx, proxied, "[[listener]]", true},
        Change{"", "[limits]\nmemory = \"300MiB\"\n", "[limits] connections, connections_per_client, memory",
               false},
        Change{"", "[limits]\nidle = \"1m\"\n", "[limits]", true},
        Change{"", "[[domain]]\nname = \"a.example\"\n", "[[domain]]", false},
        Change{"", "[retry]\nwarn_after = \"5h\"\n", "[retry]", false},
        Change{"", "[dns]\nservers = [\"192.0.2.1\"]\n", "[dns]", false},
        Change{"", "[delivery]\nport = 26\n", "[delivery]", false},
        Change{"", "[queue]\nmin_free = \"1GiB\"\n", "[queue]", false},
        Change{"", "[journal]\nkeep = \"2d\"\n", "[journal]", false},
        Change{"", "[log]\nformat = \"json\"\n", "[log]", false},
        Change{"", "[admin]\nsocket = \"/x\"\n", "[admin]", false},
        Change{"", "[tls]\nminimum = \"1.3\"\n", "[tls]", true},
        Change{"", "[[certificate]]\ncertificate = \"/c\"\nkey = \"/k\"\n", "[[certificate]]", true},
        Change{"", "[auth]\nusers = \"/etc/cursus/users\"\n", "[auth]", true},
        Change{"", "[submission]\nsenders = \"any\"\n", "[submission]", true},
        Change{"", "[domains]\nlocal = [\"a.example\"]\n", "[domains]", true},
        Change{"", "[relay]\nhosts = [\"10.0.0.0/8\"]\n", "[relay]", true},
        Change{"", "[[route]]\ndomain = \"*\"\nhosts = [\"a.example\"]\n", "[[route]]", true},
        Change{"", "[[table]]\nname = \"t\"\nkind = \"file\"\npath = \"/t\"\n", "[[table]]", true},
        Change{"", "[local]\nsubaddress = \"-\"\n", "[local]", true},
        Change{"", "[[alias]]\nlist = \"/a\"\n", "[[alias]]", true},
        Change{"", "[rewrite]\nfixups = true\n", "[rewrite]", true}));

TEST(Reload, of_the_same_file_changes_nothing) {
    const Settings settings = loaded(mx);
    EXPECT_THAT(take_over(settings, settings).changed, IsEmpty());
    EXPECT_THAT(take_over(settings, settings).needs_restart, IsEmpty());
}

TEST(Reload, takes_over_what_it_can_beside_what_it_cannot) {
    const auto taken =
        take_over(loaded(""), loaded("[limits]\nidle = \"1m\"\nmemory = \"300MiB\"\n[relay]\nhosts = []\n"));
    EXPECT_THAT(taken.changed, ElementsAre("[limits]", "[relay]"));
    EXPECT_THAT(taken.needs_restart, ElementsAre("[limits] connections, connections_per_client, memory"));
    EXPECT_EQ(taken.settings.limits.idle, std::chrono::minutes{1});
    EXPECT_EQ(taken.settings.limits.memory, LimitSettings{}.memory);
}

// Trust that was taken back must not stay because of something else that waits for a restart.
TEST(Reload, takes_the_live_keys_of_listeners_while_another_waits_for_a_restart) {
    const auto running = loaded(
        "[[listener]]\nname = \"a\"\naddress = \"0.0.0.0:25\"\nxclient = [\"10.0.0.1\"]\n"
        "[[listener]]\nname = \"b\"\naddress = \"0.0.0.0:26\"\nproxies = [\"10.0.0.2\"]\n");
    const auto next = loaded(
        "[[listener]]\nname = \"new\"\naddress = \"0.0.0.0:27\"\n"
        "[[listener]]\nname = \"b\"\naddress = \"0.0.0.0:28\"\n"
        "[[listener]]\nname = \"a\"\naddress = \"0.0.0.0:25\"\n");
    const auto taken = take_over(running, next);
    EXPECT_THAT(taken.changed, ElementsAre("[[listener]]"));
    EXPECT_THAT(taken.needs_restart, ElementsAre("[[listener]] name, address, service, tls"));
    ASSERT_EQ(taken.settings.listeners.size(), 2U) << "as they run, and where they were";
    const ListenerSettings& a = taken.settings.listeners[0];
    const ListenerSettings& b = taken.settings.listeners[1];
    EXPECT_EQ(a.name, "a");
    EXPECT_THAT(a.xclient, IsEmpty());
    EXPECT_EQ(b.name, "b");
    EXPECT_EQ(b.addresses, running.listeners[1].addresses);
    EXPECT_THAT(b.proxies, IsEmpty()) << "its address alone is another";
    EXPECT_THAT(take_over(taken.settings, next).changed, IsEmpty());
}

TEST(Reload, names_the_listeners_of_which_it_takes_nothing) {
    const auto running = loaded(
        "[[listener]]\nname = \"a\"\naddress = \"0.0.0.0:25\"\nxclient = [\"10.0.0.1\"]\n"
        "[[listener]]\nname = \"gone\"\naddress = \"0.0.0.0:26\"\n");
    const auto taken =
        take_over(running, loaded("[[listener]]\nname = \"a\"\naddress = \"0.0.0.0:25\"\ntls = \"none\"\n"));
    EXPECT_THAT(taken.changed, IsEmpty());
    EXPECT_THAT(taken.needs_restart,
                ElementsAre("[[listener]] name, address, service, tls", "all keys of [[listener]] \"a\"",
                            "all keys of [[listener]] \"gone\""));
    EXPECT_EQ(taken.settings.listeners, running.listeners);
}

// Names need not differ: then only those that are the same in shape are known again.
TEST(Reload, mistakes_no_listener_for_another_of_its_name) {
    const auto running = loaded(
        "[[listener]]\naddress = \"0.0.0.0:25\"\n"
        "[[listener]]\naddress = \"127.0.0.1:26\"\nxclient = [\"127.0.0.1\"]\n");
    const auto taken =
        take_over(running, loaded("[[listener]]\naddress = \"127.0.0.1:27\"\nxclient = [\"127.0.0.1\"]\n"
                                  "[[listener]]\naddress = \"0.0.0.0:25\"\nproxies = [\"10.0.0.1\"]\n"));
    EXPECT_THAT(taken.changed, ElementsAre("[[listener]]"));
    EXPECT_THAT(taken.needs_restart,
                ElementsAre("[[listener]] name, address, service, tls", "all keys of [[listener]] \"mx\""));
    EXPECT_EQ(taken.settings.listeners[0].proxies.size(), 1U);
    EXPECT_THAT(taken.settings.listeners[0].xclient, IsEmpty());
    EXPECT_EQ(taken.settings.listeners[1], running.listeners[1]);
}

}  // namespace
}  // namespace cursus
