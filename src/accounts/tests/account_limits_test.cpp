#include "accounts/account_limits.h"

#include <gtest/gtest.h>

#include "accounts/held_accounts_file.h"
#include "sim/world.h"

namespace cursus {
namespace {

using std::chrono::minutes;
using Use = AccountLimits::Use;

class Limits : public testing::Test {
protected:
    static AuthSettings example() {
        AuthSettings settings;
        settings.messages_per_hour = 5;
        settings.recipients_per_hour = 10;
        return settings;
    }
    std::optional<std::string> use(const std::string& account, Use what) {
        return limits.use(account, what, now, wall);
    }

    std::size_t changes = 0;
    AuthSettings settings = example();
    AccountLimits limits{settings, [this] { ++changes; }};
    Instant now{std::chrono::hours{100}};
    WallTime wall{std::chrono::hours{100}};
};

TEST_F(Limits, put_an_account_on_hold_that_sends_too_much) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(use("julius", Use::Message), std::nullopt);
    EXPECT_FALSE(limits.is_held("julius"));
    EXPECT_EQ(use("julius", Use::Message), "more than 5 messages in an hour");
    EXPECT_TRUE(limits.is_held("julius"));
    EXPECT_EQ(use("julius", Use::Message), std::nullopt);  // it is told once
    EXPECT_FALSE(limits.is_held("ann"));
    EXPECT_EQ(changes, 1U);
}

TEST_F(Limits, count_recipients_by_themselves) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(use("julius", Use::Recipient), std::nullopt);
    EXPECT_EQ(use("julius", Use::Recipient), "more than 10 recipients in an hour");
}

TEST_F(Limits, look_at_the_last_hour_only) {
    for (int i = 0; i < 60; ++i) {
        EXPECT_EQ(use("julius", Use::Message), std::nullopt) << i;
        now += minutes{12};
    }
    now += std::chrono::hours{50};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(use("julius", Use::Message), std::nullopt);
    now += minutes{50};
    EXPECT_NE(use("julius", Use::Message), std::nullopt);
}

TEST_F(Limits, put_an_account_on_hold_that_is_everywhere) {
    const Country italy{{'I', 'T'}}, greece{{'G', 'R'}}, egypt{{'E', 'G'}}, gaul{{'F', 'R'}};
    const auto come = [&](Country from) { return limits.came_from("julius", from, now, wall); };
    for (const Country from : {italy, greece, egypt, italy, egypt}) EXPECT_EQ(come(from), std::nullopt);
    now += std::chrono::hours{24};
    EXPECT_EQ(come(gaul), std::nullopt) << "the others were another day";
    EXPECT_EQ(come(egypt), std::nullopt);
    now += std::chrono::hours{23};
    EXPECT_EQ(come(italy), std::nullopt);
    EXPECT_EQ(limits.came_from("ann", greece, now, wall), std::nullopt);
    EXPECT_EQ(changes, 0U);
    EXPECT_EQ(come(greece), "logged in from 4 countries within a day: FR, EG, IT, GR");
    EXPECT_TRUE(limits.is_held("julius"));
    EXPECT_EQ(changes, 1U);
    EXPECT_EQ(come(greece), std::nullopt) << "it is told once";
    EXPECT_TRUE(limits.release("julius"));
    for (const Country from : {italy, greece, egypt}) EXPECT_EQ(come(from), std::nullopt);
}

TEST_F(Limits, hold_until_somebody_releases) {
    for (int i = 0; i < 6; ++i) use("julius", Use::Message);
    now += std::chrono::hours{1000};
    EXPECT_TRUE(limits.is_held("julius"));
    EXPECT_TRUE(limits.release("julius"));
    EXPECT_FALSE(limits.release("julius"));
    EXPECT_FALSE(limits.is_held("julius"));
    EXPECT_EQ(changes, 2U);
    EXPECT_EQ(use("julius", Use::Message), std::nullopt);
}

TEST_F(Limits, of_zero_are_none) {
    settings.messages_per_hour = 0;
    AccountLimits none(settings, [] {});
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(none.use("julius", Use::Message, now, wall), std::nullopt);
}

TEST(HeldAccounts, come_back_as_they_were_written) {
    const std::vector<HeldAccount> held{{"ann@b.example", "more than 5 messages in an hour", WallTime{}},
                                        {"julius", "", WallTime{std::chrono::seconds{1'700'000'000}}}};
    const auto back = parse_held_accounts(held_accounts_text(held));
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].account, "ann@b.example");
    EXPECT_EQ(back[0].why, "more than 5 messages in an hour");
    EXPECT_EQ(back[1].since, held[1].since);
}

TEST(HeldAccounts, that_cannot_be_read_are_passed_over) {
    EXPECT_TRUE(parse_held_accounts("julius\njulius\t12\n\t12\twhy\njulius\t-1\twhy\njulius\tx\twhy\n"
                                    "julius\t99999999999999999999\twhy\njulius\t9999999999999999\twhy\n\n")
                    .empty());
    EXPECT_EQ(parse_held_accounts("bad\njulius\t12\twhy").size(), 1U);
}

class EventNotes final : public EventSink {
public:
    std::vector<MailEvent> all;
    void emit(MailEvent event) noexcept override { all.push_back(std::move(event)); }
};

class Kept : public testing::Test {
protected:
    static AuthSettings one_message_an_hour() {
        AuthSettings settings;
        settings.messages_per_hour = 1;
        return settings;
    }
    void hold(const std::string& account) {
        for (int i = 0; i < 2; ++i) limits.use(account, Use::Message, Instant{}, WallTime{});
    }

    SimWorld sim;
    EventNotes events;
    AuthSettings settings = one_message_an_hour();
    HeldAccountsFile file{sim.world(), events, "/data/accounts-on-hold"};
    AccountLimits limits{settings, [this] { file.keep(limits); }};
};

TEST_F(Kept, accounts_on_hold_outlive_a_restart) {
    ASSERT_TRUE(sim.files().make_directory("/data", 0700));
    EXPECT_TRUE(file.read().empty());
    hold("julius");
    sim.run_for(std::chrono::seconds{1});
    AccountLimits next(settings, [] {});
    next.restore(file.read());
    EXPECT_TRUE(next.is_held("julius"));
    limits.release("julius");
    sim.run_for(std::chrono::seconds{1});
    EXPECT_TRUE(file.read().empty());
    EXPECT_TRUE(events.all.empty());
}

// The directory is not there at first, as it might be full.
TEST_F(Kept, accounts_on_hold_are_written_by_the_end_though_they_could_not_be_before) {
    hold("julius");
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(events.all.size(), 1U);
    ASSERT_TRUE(sim.files().make_directory("/data", 0700));
    sim.run(file.finish(limits));
    EXPECT_EQ(file.read().size(), 1U);
}

TEST_F(Kept, accounts_on_hold_are_written_before_the_end_returns) {
    ASSERT_TRUE(sim.files().make_directory("/data", 0700));
    hold("julius");
    sim.run(file.finish(limits));
    EXPECT_EQ(file.read().size(), 1U);
}

TEST_F(Kept, accounts_on_hold_that_could_not_be_read_are_put_aside_and_not_overwritten) {
    ASSERT_TRUE(sim.files().make_directory("/data", 0700));
    const std::string too_much(held_accounts_octets_max + 1, 'x');
    const std::string_view octets = too_much;
    auto unreadable = sim.files().open("/data/accounts-on-hold", OpenMode::CreateNew, 0600);
    ASSERT_TRUE(unreadable);
    ASSERT_TRUE((*unreadable)->write_at(0, std::span(&octets, 1)));
    EXPECT_TRUE(file.read().empty());
    hold("julius");
    sim.run(file.finish(limits));
    EXPECT_EQ(file.read().size(), 1U);
    EXPECT_TRUE(sim.files().facts("/data/accounts-on-hold.unreadable"));
}

}  // namespace
}  // namespace cursus
