// What an address of this host leads to.
#include "route/expansion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "route/local_routing.h"
#include "runtime/settled_file.h"
#include "sim/sim_table.h"
#include "sim/world.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Mailbox mailbox(const std::string& text) {
    return *Mailbox::parse(text);
}

class ExpansionTest : public testing::Test {
protected:
    ExpansionTest() {
        settings.hostname = *Domain::parse("mx.rome.example");
        settings.domains.local = {*Domain::parse("rome.example"), *Domain::parse("gaul.example")};
        settings.local.aliases = {"table:aliases"};
        for (const std::string name : {"bob", "ann", "julius", "nobody"})
            sim.accounts().put({name, 1000, 1000, "/users/" + name});
        tables["aliases"] = aliases;
    }

    Result<Expansion, Reply> expand(const std::string& address,
                                    const std::string& sender = "far@sea.example") {
        local = std::make_unique<LocalRouting>(sim.world(), settings, tables, returns);
        ReversePath from = NullPath{};
        if (!sender.empty()) from = mailbox(sender);
        return sim.run(local->expander().expand({mailbox(address), std::move(from)}));
    }
    // "bob@rome.example mailbox", "x@sea.example", "bob@rome.example |/bin/x as nobody", "... fails 5.1.1"
    std::vector<std::string> ends(const std::string& address, const std::string& sender = "far@sea.example") {
        const auto expansion = expand(address, sender);
        if (!expansion) return {"trouble: " + expansion.error().one_line()};
        std::vector<std::string> ends;
        for (const Leaf& leaf : expansion->leaves) {
            std::string end = leaf.address.text();
            if (leaf.failure) end += " fails " + leaf.failure->one_line();
            if (const auto& target = leaf.handling.target) {
                end += ' ' + local_target_text(*target);
                if (!target->user.empty()) end += " as " + target->user;
            }
            ends.push_back(std::move(end));
        }
        return ends;
    }

    SimWorld sim;
    Settings settings;
    Tables tables;
    std::shared_ptr<SimTable> aliases = std::make_shared<SimTable>(sim, "aliases");
    ReturnPaths returns;
    std::unique_ptr<LocalRouting> local;
};

TEST_F(ExpansionTest, a_user_without_aliases_is_its_own_mailbox) {
    EXPECT_THAT(ends("Bob+list@rome.example"), ElementsAre("Bob+list@rome.example mailbox"));
    EXPECT_TRUE(expand("bob@rome.example")->is_itself(mailbox("bob@rome.example")));
}

TEST_F(ExpansionTest, nobody_of_that_name_is_a_failure) {
    EXPECT_THAT(ends("zoe@rome.example"),
                ElementsAre("zoe@rome.example fails 550 5.1.1 There is no such user here"));
}

TEST_F(ExpansionTest, aliases_lead_through_one_another_to_users_and_elsewhere) {
    aliases->put("team", "bob, crew, x@sea.example");
    aliases->put("crew", "ann\nbob");
    EXPECT_THAT(ends("Team@rome.example"),
                ElementsAre("bob@rome.example mailbox", "ann@rome.example mailbox", "x@sea.example"));
}

TEST_F(ExpansionTest, the_whole_address_goes_before_the_name_and_the_domain_after_the_users) {
    aliases->put("info@gaul.example", "ann");
    aliases->put("info", "bob");
    aliases->put("@gaul.example", "julius@rome.example");
    EXPECT_THAT(ends("info@gaul.example"), ElementsAre("ann@gaul.example mailbox"));
    EXPECT_THAT(ends("info@rome.example"), ElementsAre("bob@rome.example mailbox"));
    EXPECT_THAT(ends("nobody-there@gaul.example"), ElementsAre("julius@rome.example mailbox"));
    EXPECT_THAT(ends("bob@gaul.example"), ElementsAre("bob@gaul.example mailbox"));
}

TEST_F(ExpansionTest, a_list_of_its_own_is_for_its_domains_alone) {
    auto own = std::make_shared<SimTable>(sim, "gauls");
    own->put("info", "ann");
    tables["gauls"] = own;
    settings.aliases = {{"table:gauls", {*Domain::parse("gaul.example")}, false, false}};
    EXPECT_THAT(ends("info@gaul.example"), ElementsAre("ann@gaul.example mailbox"));
    EXPECT_THAT(ends("info@rome.example"),
                ElementsAre("info@rome.example fails 550 5.1.1 There is no such user here"));
}

TEST_F(ExpansionTest, an_address_met_on_its_own_way_is_its_mailbox) {
    aliases->put("bob", "bob, ann");
    EXPECT_THAT(ends("bob@rome.example"),
                ElementsAre("bob@rome.example mailbox", "ann@rome.example mailbox"));
}

TEST_F(ExpansionTest, a_loop_without_a_mailbox_fails_and_shows_the_chain) {
    aliases->put("x", "y");
    aliases->put("y", "z");
    aliases->put("z", "x");
    EXPECT_THAT(ends("x@rome.example"),
                ElementsAre("x@rome.example fails 550 5.4.6 The address leads to itself and to no mailbox: "
                            "x@rome.example -> y -> z -> x"));
}

TEST_F(ExpansionTest, a_backslash_ends_the_way_in_the_mailbox) {
    aliases->put("bob", "ann");
    aliases->put("team", "\\bob");
    EXPECT_THAT(ends("team@rome.example"), ElementsAre("bob@rome.example mailbox"));
}

TEST_F(ExpansionTest, what_two_ways_lead_to_is_delivered_once) {
    aliases->put("a", "b, c");
    aliases->put("b", "bob, x@sea.example, |/bin/count");
    aliases->put("c", "BOB, x@SEA.example, X@sea.example, |/bin/count, d");
    aliases->put("d", "b");
    // Elsewhere case may matter.
    EXPECT_THAT(ends("a@rome.example"),
                ElementsAre("bob@rome.example mailbox", "x@sea.example",
                            "b@rome.example \"|/bin/count\" as nobody", "X@sea.example"));
}

TEST_F(ExpansionTest, special_targets_do_what_they_say) {
    aliases->put("gone", ":fail: she has left, write to ann");
    aliases->put("hole", ":blackhole:");
    aliases->put("slow", "bob, :defer: come back on Monday");
    aliases->put("files", "/var/log/all.mbox, /var/log/dir/, |/bin/cat -n \"a b\"");
    EXPECT_THAT(ends("gone@rome.example"),
                ElementsAre("gone@rome.example fails 550 5.1.1 she has left, write to ann"));
    EXPECT_THAT(ends("hole@rome.example"), IsEmpty());
    EXPECT_THAT(ends("slow@rome.example"), ElementsAre(HasSubstr("trouble: 451 4.3.0 table aliases defers")));
    EXPECT_THAT(ends("files@rome.example"),
                ElementsAre("files@rome.example /var/log/all.mbox as nobody",
                            "files@rome.example /var/log/dir/ as nobody",
                            "files@rome.example \"|/bin/cat -n 'a b'\" as nobody"));
}

TEST_F(ExpansionTest, commands_and_files_only_where_they_are_allowed) {
    settings.local.commands = {ListKind::Forward};
    aliases->put("pipe", "|/bin/cat");
    EXPECT_THAT(ends("pipe@rome.example"),
                ElementsAre(HasSubstr("is not allowed there by [local] commands")));
    sim.homes().file("/users/bob/.forward", "|/bin/cat\n/users/bob/mbox");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre("bob@rome.example \"|/bin/cat\" as bob",
                                                      "bob@rome.example /users/bob/mbox as bob"));
}

TEST_F(ExpansionTest, forward_files_lead_on_and_may_keep_a_copy) {
    sim.homes().file("/users/bob/.forward", "# away\n\\bob, bob@sea.example\n");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre("bob@rome.example mailbox", "bob@sea.example"));
    sim.homes().file("/users/bob/.forward", "bob\nann");
    EXPECT_THAT(ends("bob@rome.example"),
                ElementsAre("bob@rome.example mailbox", "ann@rome.example mailbox"));
    sim.homes().file("/users/bob/.forward", "\n# nothing\n");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre("bob@rome.example mailbox"));
}

TEST_F(ExpansionTest, a_subaddress_may_have_a_forward_file_of_its_own) {
    sim.homes().file("/users/bob/.forward+lists", "archive@sea.example");
    EXPECT_THAT(ends("bob+Lists@rome.example"), ElementsAre("archive@sea.example"));
    EXPECT_THAT(ends("bob+other@rome.example"), ElementsAre("bob+other@rome.example mailbox"));
}

TEST_F(ExpansionTest, a_broken_forward_file_defers_and_names_line_and_reason) {
    sim.homes().file("/users/bob/.forward", "ann\n|relative command\n");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("/users/bob/.forward:2: ")));
    sim.homes().unreadable("/users/bob/.forward", "anybody can write it");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("anybody can write it")));
}

TEST_F(ExpansionTest, without_a_deputy_forward_files_are_passed_over) {
    sim.homes().file("/users/bob/.forward", "ann");
    sim.homes().absent("not started as root");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre("bob@rome.example mailbox"));
}

TEST_F(ExpansionTest, included_lists_are_read_with_the_rights_of_who_includes_them) {
    ASSERT_TRUE(sim.files().make_directory("/lists", 0700));
    auto file = sim.files().open("/lists/members", OpenMode::CreateNew, 0600);
    const std::string_view text = "ann\nx@sea.example\n";
    ASSERT_TRUE((*file)->write_at(0, std::span(&text, 1)));
    aliases->put("list", ":include:/lists/members");
    EXPECT_THAT(ends("list@rome.example"), ElementsAre("ann@rome.example mailbox", "x@sea.example"));
    sim.homes().file("/users/bob/.forward", ":include:/users/bob/friends");
    sim.homes().file("/users/bob/friends", "ann\n|/bin/x\n");
    EXPECT_THAT(ends("bob@rome.example"),
                ElementsAre("ann@rome.example mailbox", "bob@rome.example \"|/bin/x\" as bob"));
    aliases->put("lost", ":include:/lists/none");
    EXPECT_THAT(ends("lost@rome.example"), ElementsAre(HasSubstr("/lists/none cannot be used now")));
}

TEST_F(ExpansionTest, a_list_that_includes_itself_is_bounded) {
    ASSERT_TRUE(sim.files().make_directory("/lists", 0700));
    auto file = sim.files().open("/lists/loop", OpenMode::CreateNew, 0600);
    const std::string_view text = ":include:/lists/loop\n";
    ASSERT_TRUE((*file)->write_at(0, std::span(&text, 1)));
    aliases->put("list", ":include:/lists/loop");
    EXPECT_THAT(ends("list@rome.example"), ElementsAre(HasSubstr("expansion_depth")));
}

TEST_F(ExpansionTest, lists_that_include_one_another_in_ever_more_ways_have_an_end) {
    settings.limits.expansion_members = 100;
    for (int i = 0; i < 18; ++i) {
        const std::string next = ":include:/users/bob/f" + std::to_string(i + 1) + "\n";
        sim.homes().file("/users/bob/f" + std::to_string(i), next + next);
    }
    sim.homes().file("/users/bob/f18", "ann\n");
    sim.homes().file("/users/bob/.forward", ":include:/users/bob/f0\n");
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("more than 400 steps")));
}

TEST_F(ExpansionTest, a_list_on_which_nobody_stands_throws_nothing_away) {
    aliases->put("empty", " ");
    EXPECT_THAT(ends("empty@rome.example"), ElementsAre(HasSubstr("no target stands there")));
    ASSERT_TRUE(sim.files().make_directory("/lists", 0700));
    ASSERT_TRUE(sim.files().open("/lists/none", OpenMode::CreateNew, 0600));
    aliases->put("list", ":include:/lists/none");
    EXPECT_THAT(ends("list@rome.example"), ElementsAre(HasSubstr("/lists/none: no target stands there")));
}

TEST_F(ExpansionTest, a_list_that_is_being_written_is_waited_for) {
    ASSERT_TRUE(sim.files().make_directory("/lists", 0700));
    auto file = sim.files().open("/lists/members", OpenMode::CreateNew, 0600);
    const std::string_view text = "ann\nx@sea.example\n";
    ASSERT_TRUE((*file)->write_at(0, std::span(&text, 1)));
    aliases->put("list", ":include:/lists/members");
    const Instant start = sim.now();
    EXPECT_THAT(ends("list@rome.example"), ElementsAre("ann@rome.example mailbox", "x@sea.example"));
    EXPECT_GE(sim.now() - start, file_settle_time);
}

TEST_F(ExpansionTest, a_deputy_that_is_lost_makes_mail_wait_and_does_not_send_it_past_forward_files) {
    sim.homes().file("/users/bob/.forward", "ann");
    const LocalRouting routing(sim.world(), settings, tables, returns);
    sim.homes().absent("it has ended");
    const auto expansion =
        sim.run(routing.expander().expand({mailbox("bob@rome.example"), mailbox("far@sea.example")}));
    ASSERT_FALSE(expansion);
    EXPECT_THAT(expansion.error().one_line(), HasSubstr("it has ended"));
}

TEST_F(ExpansionTest, depth_and_width_have_limits) {
    for (int i = 0; i < 40; ++i) aliases->put("deep" + std::to_string(i), "deep" + std::to_string(i + 1));
    EXPECT_THAT(ends("deep0@rome.example"), ElementsAre(HasSubstr("expansion_depth")));
    settings.limits.expansion_members = 100;
    std::string many;
    for (int i = 0; i < 101; ++i) many += "m" + std::to_string(i) + "@sea.example\n";
    aliases->put("wide", many);
    EXPECT_THAT(ends("wide@rome.example"), ElementsAre(HasSubstr("more than 100 recipients")));
}

TEST_F(ExpansionTest, what_gives_no_answer_is_never_nobody) {
    aliases->trouble = "connection refused";
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("trouble: 451 4.3.0")));
    aliases->trouble.reset();
    sim.accounts().fault();
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("trouble: 451 4.3.0")));
    tables.clear();
    sim.accounts().clear_faults();
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre(HasSubstr("there is no list table:aliases")));
}

TEST_F(ExpansionTest, roots_mail_waits_for_an_alias) {
    sim.accounts().put({"root", 0, 0, "/root"});
    EXPECT_THAT(ends("root@rome.example"), ElementsAre(HasSubstr("trouble: 451 4.3.0")));
    aliases->put("root", "ann");
    EXPECT_THAT(ends("root@rome.example"), ElementsAre("ann@rome.example mailbox"));
}

TEST_F(ExpansionTest, a_list_with_an_owner_goes_out_in_the_owners_name) {
    aliases->put("list", "ann, x@sea.example");
    aliases->put("owner-list", "bob");
    const auto expansion = expand("list@rome.example");
    for (const Leaf& leaf : expansion->leaves)
        EXPECT_EQ(leaf.handling.sender, ReversePath(mailbox("owner-list@rome.example")));
    const auto bounce = expand("list@rome.example", "");
    for (const Leaf& leaf : bounce->leaves) EXPECT_FALSE(leaf.handling.sender);
}

TEST_F(ExpansionTest, a_list_may_ask_for_single_copies_and_return_paths_that_name_the_member) {
    settings.aliases = {{"table:aliases", {}, true, true}};
    aliases->put("list", "x@sea.example, y@sea.example");
    aliases->put("owner-list", "bob");
    const auto expansion = expand("list@rome.example");
    EXPECT_EQ(bare_text(*expansion->leaves[0].handling.sender), "owner-list+x=sea.example@rome.example");
    EXPECT_EQ(bare_text(*expansion->leaves[1].handling.sender), "owner-list+y=sea.example@rome.example");
    EXPECT_TRUE(expansion->leaves[0].handling.single_copy);
}

TEST_F(ExpansionTest, what_leaves_this_host_bears_the_line_by_which_it_is_known_again) {
    aliases->put("list", "ann, x@sea.example");
    const auto expansion = expand("list@rome.example");
    EXPECT_EQ(expansion->leaves[0].handling.front, "");
    EXPECT_EQ(expansion->leaves[1].handling.front, "Delivered-To: list@rome.example\r\n");
}

TEST_F(ExpansionTest, forwarded_mail_is_signed_and_its_bounce_finds_the_sender) {
    returns = ReturnPaths(*SrsKeys::make({"a secret of enough octets"}), *Domain::parse("rome.example"),
                          sim.clock());
    sim.homes().file("/users/bob/.forward", "x@sea.example");
    const auto expansion = expand("bob@rome.example", "far@sky.example");
    const std::string path = bare_text(*expansion->leaves.at(0).handling.sender);
    EXPECT_THAT(path, HasSubstr("SRS0="));
    EXPECT_THAT(ends(path, ""), ElementsAre("far@sky.example"));
    EXPECT_THAT(ends(path, "far@sky.example"), ElementsAre(HasSubstr("fails 550 5.7.1")));
    EXPECT_FALSE(expand("bob@rome.example", "ann@rome.example")->leaves.at(0).handling.sender);
    std::string forged = path;
    forged.replace(forged.find("sky"), 3, "sun");
    EXPECT_THAT(ends(forged, ""), ElementsAre(HasSubstr("fails 550 5.1.1")));
}

TEST_F(ExpansionTest, hostile_local_parts_are_no_keys_of_lists) {
    aliases->put("bob@rome.example", "ann");
    EXPECT_THAT(ends("\"bob@rome.example\"@gaul.example"), ElementsAre(HasSubstr("fails 550 5.1.1")));
    EXPECT_THAT(ends("\"../bob\"@rome.example"), ElementsAre(HasSubstr("fails 550 5.1.1")));
}

TEST_F(ExpansionTest, users_of_a_table_have_mailboxes_below_their_homes) {
    auto people = std::make_shared<SimTable>(sim, "people");
    people->put("bob@rome.example", "/srv/bob");
    people->put("ann", "relative/../home");
    tables["people"] = people;
    settings.local.users = "table:people";
    EXPECT_THAT(ends("bob@rome.example"), ElementsAre("bob@rome.example mailbox"));
    EXPECT_THAT(ends("julius@rome.example"), ElementsAre(HasSubstr("fails 550 5.1.1")));
    EXPECT_THAT(ends("ann@rome.example"), ElementsAre(HasSubstr("is no home directory")));
    sim.accounts().put({"lost", 1001, 1001, ""});
    settings.local.users = "system";
    EXPECT_THAT(ends("lost@rome.example"), ElementsAre(HasSubstr("trouble: 451 4.3.0")));
}

}  // namespace
}  // namespace cursus
