// Mail that aliases and forward files lead on, from acceptance to its last member.
#include <gmock/gmock.h>

#include "deliver/tests/delivery_world.h"
#include "sim/sim_table.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Forwarding : public DeliveryWorld {
protected:
    Forwarding() {
        world.settings.local.aliases = {"table:aliases"};
        tables["aliases"] = aliases;
        world.sim.accounts().put({"bob", 1000, 1000, "/users/bob"});
        world.sim.accounts().put({"nobody", 65534, 65534, "/nonexistent"});
    }
    std::vector<std::string> mailbox(const std::string& user) {
        return files_in("/mail/rome.example/" + user + "/new");
    }
    std::string first_in(const std::string& user) {
        return file("/mail/rome.example/" + user + "/new/" + mailbox(user).at(0));
    }
    void restart() {
        graveyard::keep(std::move(dispatcher));
        graveyard::keep(std::move(local));
        world.crash();
        local = std::make_unique<LocalRouting>(world.sim.world(), world.settings, tables);
        dispatcher = std::make_unique<Dispatcher>(
            DeliverNeeds{world.sim.world(), *world.queue, world.events, ways(world.settings)});
        dispatcher->start();
    }
    std::shared_ptr<SimTable> aliases = std::make_shared<SimTable>(world.sim, "aliases");
};

TEST_F(Forwarding, an_alias_delivers_to_each_member_and_leaves_nothing_behind) {
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1");
    aliases->put("team", "julius, brutus, far@sea.example");
    start();
    world.accept("ann@b.example", {"team@rome.example"});
    ASSERT_TRUE(delivered(3, 10min));
    EXPECT_EQ(mailbox("brutus").size(), 1U);
    ASSERT_EQ(sink.messages().size(), 1U);
    EXPECT_THAT(sink.messages()[0].text,
                testing::StartsWith("Delivered-To: team@rome.example\r\nSubject: x\r\n"));
    EXPECT_EQ(world.events.all<Expanded>().at(0).members, 3U);
    EXPECT_THAT(world.events.all<Expanded>()[0].to.at(0), "julius@rome.example by table aliases");
    stop();
    world.open();
    world.expect_empty_store();
}

TEST_F(Forwarding, who_is_named_and_a_member_too_gets_one_copy_from_the_sender) {
    aliases->put("team", "Julius, brutus");
    aliases->put("owner-team", "nero");
    start();
    world.accept("ann@b.example", {"team@rome.example", "julius@rome.example"});
    ASSERT_TRUE(delivered(2, 10min));
    ASSERT_EQ(mailbox("julius").size(), 1U);
    EXPECT_THAT(first_in("julius"), HasSubstr("Return-Path: <ann@b.example>"));
    EXPECT_EQ(mailbox("brutus").size(), 1U);
    EXPECT_EQ(world.events.all<Expanded>().at(0).duplicates, 1U);
    stop();
    world.open();
    world.expect_empty_store();
}

TEST_F(Forwarding, a_command_is_run_for_each_recipient_that_leads_to_it) {
    std::vector<std::string> run_for;
    world.sim.homes().command("/bin/take",
                              [&](const SystemUser&, const CommandOrder& order, const std::string&) {
                                  for (const auto& variable : order.environment)
                                      if (variable.starts_with("LOCAL_PART=")) run_for.push_back(variable);
                                  return DeputyResult{DeputyOutcome::Done, {}};
                              });
    aliases->put("sales", "|/bin/take");
    aliases->put("support", "|/bin/take");
    start();
    world.accept("ann@b.example", {"sales@rome.example", "support@rome.example"});
    ASSERT_TRUE(delivered(2, 10min));
    EXPECT_THAT(run_for, testing::UnorderedElementsAre("LOCAL_PART=sales", "LOCAL_PART=support"));
}

TEST_F(Forwarding, a_list_does_not_wait_for_a_slow_mailbox_beside_it) {
    world.sim.homes().command("/bin/slow", SimHomes::Command([](const auto&, const auto&, const auto&) {
                                  return DeputyResult{DeputyOutcome::Done, ""};
                              }),
                              4min);
    world.settings.local.mailbox = "pipe:/bin/slow";
    world.settings.run_as = "nobody";
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1");
    aliases->put("team", "far@sea.example");
    start();
    world.accept("ann@b.example", {"julius@rome.example", "team@rome.example"});
    EXPECT_TRUE(until([&] { return sink.messages().size() == 1; }, 1min));
    EXPECT_TRUE(delivered(2, 10min));
}

TEST_F(Forwarding, one_mailbox_by_two_spellings_gets_one_copy) {
    start();
    world.accept("ann@b.example", {"Julius@rome.example", "julius@rome.example", "julius+x@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Expanded>() == 1; }, 10min));
    stop();
    EXPECT_EQ(mailbox("julius").size(), 2U) << "a subaddress may be another folder";
    EXPECT_EQ(world.events.all<Expanded>().at(0).duplicates, 1U);
}

TEST_F(Forwarding, members_of_two_aliases_get_one_copy_and_one_from_the_sender_is_preferred) {
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1");
    aliases->put("list", "julius, brutus, far@sea.example");
    aliases->put("owner-list", "nero");
    aliases->put("team", "julius, far@sea.example");
    aliases->put("crew", "far@sea.example, julius");
    start();
    world.accept("ann@b.example", {"list@rome.example", "team@rome.example", "crew@rome.example"});
    ASSERT_TRUE(delivered(3, 10min));
    ASSERT_EQ(sink.messages().size(), 1U);
    EXPECT_EQ(sink.messages()[0].sender, "ann@b.example");
    ASSERT_EQ(mailbox("julius").size(), 1U);
    EXPECT_THAT(first_in("julius"), HasSubstr("Return-Path: <ann@b.example>"));
    EXPECT_THAT(first_in("brutus"), HasSubstr("Return-Path: <owner-list@rome.example>"));
    stop();
    world.open();
    world.expect_empty_store();
}

TEST_F(Forwarding, a_list_goes_out_from_its_owner_and_bounces_go_to_them) {
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1", {.troubles = {says(SinkStage::Rcpt, "550 5.1.1 gone")}});
    aliases->put("list", "far@sea.example");
    aliases->put("owner-list", "julius");
    start();
    world.accept("ann@b.example", {"list@rome.example"});
    ASSERT_TRUE(bounced(1, 10min));
    const auto debt = world.next_owed();
    ASSERT_TRUE(debt);
    EXPECT_EQ(bare_text(debt->sender), "owner-list@rome.example");
    EXPECT_EQ(world.events.all<Rewritten>().at(0).after, "<owner-list@rome.example>");
    EXPECT_TRUE(sink.messages().empty());
}

TEST_F(Forwarding, each_member_of_a_list_that_asks_for_it_has_a_return_path_of_its_own) {
    domain("sea.example", {"203.0.113.1"});
    domain("sky.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1");
    world.settings.aliases = {{"table:aliases", {}, false, true}};
    aliases->put("list", "a@sea.example, b@sea.example, c@sky.example");
    aliases->put("owner-list", "julius");
    start();
    world.accept("ann@b.example", {"list@rome.example"});
    ASSERT_TRUE(delivered(3, 10min));
    std::vector<std::string> senders;
    for (const SunkMessage& message : sink.messages()) senders.push_back(message.sender);
    EXPECT_THAT(senders, testing::UnorderedElementsAre("owner-list+a=sea.example@rome.example",
                                                       "owner-list+b=sea.example@rome.example",
                                                       "owner-list+c=sky.example@rome.example"));
}

TEST_F(Forwarding, members_at_one_host_share_a_transaction_unless_the_list_asks_for_single_copies) {
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1");
    aliases->put("together", "a@sea.example, b@sea.example");
    auto apart = std::make_shared<SimTable>(world.sim, "apart");
    apart->put("apart", "a@sea.example, b@sea.example");
    tables["apart"] = apart;
    world.settings.aliases = {{"table:apart", {}, true, false}};
    start();
    world.accept("ann@b.example", {"together@rome.example"});
    ASSERT_TRUE(delivered(2, 10min));
    EXPECT_EQ(sink.messages().size(), 1U);
    world.accept("ann@b.example", {"apart@rome.example"});
    ASSERT_TRUE(delivered(4, 10min));
    EXPECT_EQ(sink.messages().size(), 3U);
}

TEST_F(Forwarding, a_table_in_trouble_defers_and_the_mail_arrives_when_it_is_back) {
    aliases->put("team", "julius");
    aliases->trouble = "no connection";
    start();
    world.accept("ann@b.example", {"team@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Deferred>() == 1; }, 1min));
    EXPECT_THAT(world.events.all<Deferred>()[0].reply.one_line(), HasSubstr("no connection"));
    EXPECT_EQ(world.events.count<Bounced>(), 0U);
    aliases->trouble.reset();
    ASSERT_TRUE(delivered(1, 1h));
    EXPECT_EQ(mailbox("julius").size(), 1U);
}

TEST_F(Forwarding, one_slow_member_does_not_repeat_the_others) {
    domain("sea.example", {"203.0.113.1"});
    SmtpSink& sink = this->sink("203.0.113.1", {.troubles = {says(SinkStage::Rcpt, "451 later", first(2h))}});
    aliases->put("team", "julius, far@sea.example");
    start();
    world.accept("ann@b.example", {"team@rome.example"});
    ASSERT_TRUE(delivered(2, 12h));
    EXPECT_EQ(mailbox("julius").size(), 1U);
    EXPECT_EQ(sink.messages().size(), 1U);
    EXPECT_EQ(world.events.count<Expanded>(), 1U);
}

TEST_F(Forwarding, mail_that_comes_back_is_known_again) {
    aliases->put("team", "julius");
    start();
    world.accept("ann@b.example", {"team@rome.example"},
                 "Delivered-To: team@rome.example\r\nSubject: x\r\n\r\nHello\r\n");
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.status()->text(), "5.4.6");
    EXPECT_TRUE(mailbox("julius").empty());
}

TEST_F(Forwarding, commands_get_the_message_and_their_word_decides) {
    std::string heard;
    std::vector<std::string> environment;
    world.sim.homes().command(
        "/bin/take", [&](const SystemUser& user, const CommandOrder& order, const std::string& message) {
            heard = user.name + "|" + message;
            environment = order.environment;
            return DeputyResult{DeputyOutcome::Done, ""};
        });
    world.sim.homes().command("/bin/refuse", [](const SystemUser&, const CommandOrder&, const std::string&) {
        return DeputyResult{DeputyOutcome::Never, "not\ntoday\x1b[2J\xff\n"};
    });
    aliases->put("take", "|/bin/take");
    aliases->put("refuse", "|/bin/refuse");
    start();
    world.accept("ann@b.example", {"\"take+x$(id)\"@rome.example"});
    ASSERT_TRUE(delivered(1, 1min));
    EXPECT_EQ(heard,
              "nobody|Return-Path: <ann@b.example>\nDelivered-To: \"take+x$(id)\"@rome.example\nSubject: "
              "x\n\nHello\n");
    EXPECT_THAT(environment, testing::Contains("SUBADDRESS=x__id_"));
    EXPECT_THAT(environment, testing::Contains("SENDER=ann@b.example"));
    world.accept("ann@b.example", {"refuse@rome.example"});
    ASSERT_TRUE(bounced(1, 1min));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.text(), "not today\\x1b[2J\\xff");
}

TEST_F(Forwarding, what_a_stop_cuts_short_is_no_attempt) {
    world.sim.homes().command(
        "/bin/slow",
        [](const SystemUser&, const CommandOrder&, const std::string&) {
            return DeputyResult{DeputyOutcome::Done, {}};
        },
        1h);
    aliases->put("slow", "|/bin/slow");
    start();
    world.accept("ann@b.example", {"slow@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Expanded>() == 1; }, 1min));
    world.sim.run_for(1min);
    world.sim.world().deputy.call_off();
    stop();
    EXPECT_THAT(world.events.all<Attempted>().at(0).reply.text(), HasSubstr("the server stops"));
    EXPECT_EQ(world.events.count<Deferred>(), 0U);
    world.sim.start_deputy_again();
    start();
    EXPECT_TRUE(delivered(1, 61min));
}

TEST_F(Forwarding, a_user_whose_command_takes_long_holds_up_nobody_else) {
    world.settings.local.users = "system";
    world.settings.local.mailbox = "maildir:{home}/Maildir";
    world.sim.accounts().put({"ann", 1001, 1001, "/users/ann"});
    world.sim.homes().file("/users/bob/.forward", "|/bin/slow");
    world.sim.homes().command("/bin/slow", SimHomes::Command([](const auto&, const auto&, const auto&) {
                                  return DeputyResult{DeputyOutcome::Done, ""};
                              }),
                              4min);
    start();
    for (int i = 0; i < 600; ++i) world.accept("far@b.example", {"bob@rome.example"});
    world.accept("far@b.example", {"ann@rome.example"});
    ASSERT_TRUE(until([&] { return files_in("/users/ann/Maildir/new").size() == 1; }, 2min));
    ASSERT_TRUE(delivered(601, 24h));
}

TEST_F(Forwarding, a_full_mailbox_waits_as_long_as_configured) {
    world.settings.local.users = "system";
    world.settings.local.mailbox = "maildir:{home}/Maildir";
    world.settings.local.forward_files = false;
    world.settings.local.full_give_up_after = 2h;
    world.sim.homes().fault("bob", {DeputyOutcome::Full, "over quota"});
    start();
    world.accept("ann@b.example", {"bob@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Deferred>() == 1; }, 1min));
    EXPECT_EQ(world.events.all<Deferred>()[0].reply.status()->text(), "4.2.2");
    ASSERT_TRUE(bounced(1, 12h));
    EXPECT_EQ(world.events.all<Bounced>()[0].reply.status()->text(), "5.2.2");
}

TEST_F(Forwarding, a_power_cut_amid_ten_thousand_members_repeats_none_but_those_in_flight) {
    constexpr std::size_t members = 10'000, mailboxes = 100;
    std::string list;
    for (std::size_t i = 0; i < members; ++i)
        list += "m" + std::to_string(i % mailboxes) + '+' + std::to_string(i) + '\n';
    aliases->put("everybody", list);
    start();
    world.accept("ann@b.example", {"everybody@rome.example"});
    ASSERT_TRUE(until([&] { return world.events.count<Delivered>() >= 3'000; }, 1h));
    const auto before = world.events.count<Delivered>();
    restart();
    ASSERT_TRUE(until([&] { return world.events.count<Completed>() == 1; }, 24h));
    // Those in flight may be delivered twice, or delivered with nobody left to say so.
    constexpr std::size_t in_flight = local_messages_at_once * local_recipients_at_once;
    const auto told = world.events.count<Delivered>();
    EXPECT_GE(told + in_flight, members) << before;
    EXPECT_LE(told, members + in_flight) << before;
    for (std::size_t i = 0; i < mailboxes; ++i)
        EXPECT_EQ(mailbox("m" + std::to_string(i)).size(), members / mailboxes) << i;
    stop();
    world.open();
    world.expect_empty_store();
}

}  // namespace
}  // namespace cursus
