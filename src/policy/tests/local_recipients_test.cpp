#include "policy/local_recipients.h"

#include <gtest/gtest.h>

#include "mail/replies.h"
#include "sim/sim_table.h"
#include "sim/world.h"

namespace cursus {
namespace {

class LocalRecipientsTest : public testing::Test {
protected:
    LocalRecipientsTest() {
        settings.hostname = *Domain::parse("mx.rome.example");
        settings.domains.local = {*Domain::parse("rome.example")};
        settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
        settings.local.users = "any";
    }
    // The reply's code and status, "taken" when there is none.
    std::string answer(const std::string& address) {
        const LocalRouting routing(sim.world(), settings, tables);
        const LocalRecipients local(routing);
        refusal = sim.run(local.refusal(*Mailbox::parse(address), NullPath{}));
        if (!refusal) return "taken";
        return std::to_string(refusal->reply.code()) + ' ' + refusal->reply.status()->text();
    }

    SimWorld sim;
    Settings settings;
    Tables tables;
    std::optional<RecipientRefusal> refusal;
};

TEST_F(LocalRecipientsTest, whoever_can_have_a_mailbox_is_taken) {
    for (const char* address :
         {"julius@rome.example", "Julius+lists@ROME.example", "j\xC3\xBCrgen@rome.example"})
        EXPECT_EQ(answer(address), "taken") << address;
}

TEST_F(LocalRecipientsTest, whoever_can_have_none_is_refused) {
    for (const char* address :
         {"a%sink.example@rome.example", "sink.example!a@rome.example", "\"a@sink.example\"@rome.example",
          "\"../etc\"@rome.example", "\".\"@rome.example"})
        EXPECT_EQ(answer(address), "550 5.1.1") << address;
}

TEST_F(LocalRecipientsTest, other_hosts_mailboxes_are_not_judged) {
    EXPECT_EQ(answer("a%b@gaul.example"), "taken");
    EXPECT_EQ(answer("\"../etc\"@gaul.example"), "taken");
}

TEST_F(LocalRecipientsTest, only_the_users_of_the_system_when_it_says_so) {
    settings.local.users = "system";
    sim.accounts().put({"bob", 1000, 1000, "/users/bob"});
    EXPECT_EQ(answer("bob@rome.example"), "taken");
    EXPECT_EQ(answer("zoe@rome.example"), "550 5.1.1");
    sim.accounts().fault();
    EXPECT_EQ(answer("bob@rome.example"), "451 4.3.0");
    EXPECT_EQ(answer("zoe@rome.example"), "451 4.3.0");
}

TEST_F(LocalRecipientsTest, a_mailbox_behind_lmtp_may_have_a_name_that_no_path_may_have) {
    settings.local.mailbox = "lmtp:127.0.0.1:24";
    EXPECT_EQ(answer("o'brien@rome.example"), "taken");
    auto people = std::make_shared<SimTable>(sim, "people");
    people->put("o'brien", "");
    tables["people"] = people;
    settings.local.users = "table:people";
    EXPECT_EQ(answer("O'Brien@rome.example"), "taken");
    EXPECT_EQ(answer("o'neill@rome.example"), "550 5.1.1");
}

TEST_F(LocalRecipientsTest, what_cannot_be_part_of_a_users_mailbox_is_refused_while_its_sender_listens) {
    settings.local.users = "system";
    settings.local.mailbox = "maildir:{home}/mail/{subaddress}";
    sim.accounts().put({"bob", 1000, 1000, "/users/bob"});
    EXPECT_EQ(answer("bob+lists@rome.example"), "taken");
    EXPECT_EQ(answer("\"bob+../../ann\"@rome.example"), "550 5.1.1");
}

TEST_F(LocalRecipientsTest, an_alias_says_what_it_says_at_once) {
    auto aliases = std::make_shared<SimTable>(sim, "aliases");
    aliases->put("team", "x@sea.example");
    aliases->put("gone", ":fail: she has left");
    aliases->put("slow", ":defer: on Monday");
    aliases->put("broken", "|relative");
    tables["aliases"] = aliases;
    settings.local.users = "system";
    settings.local.aliases = {"table:aliases"};
    EXPECT_EQ(answer("team@rome.example"), "taken");
    EXPECT_EQ(answer("gone@rome.example"), "550 5.1.1");
    EXPECT_EQ(refusal->reply.text(), "she has left");
    EXPECT_EQ(answer("slow@rome.example"), "450 4.2.1");
    EXPECT_EQ(answer("broken@rome.example"), "451 4.3.0");
    EXPECT_NE(refusal->why.find("table aliases"), std::string::npos);
}

TEST_F(LocalRecipientsTest, a_table_in_trouble_is_never_an_unknown_user_and_the_client_learns_no_more) {
    auto aliases = std::make_shared<SimTable>(sim, "aliases");
    aliases->trouble = "connection to 10.0.0.1 refused";
    tables["aliases"] = aliases;
    settings.local.aliases = {"table:aliases"};
    EXPECT_EQ(answer("bob@rome.example"), "451 4.3.0");
    EXPECT_EQ(refusal->reply.text(), replies::cannot_tell_now.text());
    EXPECT_NE(refusal->why.find("10.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace cursus
