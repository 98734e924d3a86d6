#include "main/session_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json event(const char* kind, json fields) {
    fields["event"] = kind;
    return fields;
}

const json connected = event("connected", {{"listener", "msa"}, {"client", "192.0.2.7:4711"}});
const json greeted = event("greeted", {{"helo", "client.example"}});
const json queued =
    event("accepted", {{"message", "M1"}, {"sender", "a@b.example"}, {"recipients", {"ann@rome.example"}}});

TEST(SessionRecord, knows_who_came_by_which_listener_and_how) {
    const auto record = session_record(
        {connected,
         event("tls_started",
               {{"protocol", "TLSv1.2"}, {"cipher", "C"}, {"verified", true}, {"fingerprint", "ab"}}),
         greeted, event("authenticated", {{"account", "julius"}})});
    EXPECT_EQ(record.listener, "msa");
    EXPECT_EQ(record.client.address.text(), "192.0.2.7:4711");
    EXPECT_EQ(record.client.helo, "client.example");
    EXPECT_EQ(record.client.account, "julius");
    ASSERT_TRUE(record.client.tls);
    EXPECT_EQ(record.client.tls->protocol, "TLSv1.2");
    EXPECT_TRUE(record.client.tls->verified);
    EXPECT_EQ(record.client.tls->peer_fingerprint, "ab");
    EXPECT_TRUE(record.client.mails.empty());
}

TEST(SessionRecord, of_a_client_that_never_spoke_has_nothing_for_it_to_say) {
    const auto record = session_record({connected, event("connection_refused", {{"rule", "blocked"}})});
    EXPECT_EQ(record.client.helo, "");
    EXPECT_FALSE(record.client.tls);
    EXPECT_TRUE(record.client.mails.empty());
}

TEST(SessionRecord, holds_a_message_that_was_taken) {
    const auto record = session_record(
        {connected, greeted, event("recipient_refused", {{"recipient", "nero@rome.example"}, {"rule", "r"}}),
         queued});
    ASSERT_EQ(record.client.mails.size(), 1U);
    EXPECT_EQ(record.client.mails[0].sender, "a@b.example");
    EXPECT_THAT(record.client.mails[0].recipients, ElementsAre("nero@rome.example", "ann@rome.example"));
    EXPECT_TRUE(record.client.mails[0].message);
    EXPECT_TRUE(record.has_stand_in);
}

TEST(SessionRecord, holds_one_message_that_was_discarded_for_some) {
    const auto discarded = event(
        "discarded", {{"message", "M1"}, {"sender", "<a@b.example>"}, {"recipients", {"sink@rome.example"}}});
    const auto record = session_record({connected, greeted, discarded, queued});
    ASSERT_EQ(record.client.mails.size(), 1U);
    EXPECT_THAT(record.client.mails[0].recipients, ElementsAre("sink@rome.example", "ann@rome.example"));
}

TEST(SessionRecord, holds_those_whom_lmtp_refused_when_the_message_had_come) {
    const auto refused =
        event("recipient_refused", {{"message", "M1"}, {"recipient", "bob@rome.example"}, {"rule", "r"}});
    const auto record = session_record({connected, greeted, queued, refused});
    ASSERT_EQ(record.client.mails.size(), 1U);
    EXPECT_THAT(record.client.mails[0].recipients, ElementsAre("ann@rome.example", "bob@rome.example"));
}

TEST(SessionRecord, holds_every_transaction_as_far_as_it_came) {
    const auto refused = event("sender_refused", {{"sender", "<x@b.example>"}, {"rule", "r"}});
    const auto behind = event("recipient_refused", {{"recipient", "bob@rome.example"}, {"rule", "sequence"}});
    const auto abandoned = event("abandoned", {{"sender", "<>"}, {"recipients", {"<ann@rome.example>"}}});
    const auto record = session_record({connected, greeted, refused, behind, queued, abandoned});
    ASSERT_EQ(record.client.mails.size(), 3U);
    EXPECT_EQ(record.client.mails[0], (ImaginedMail{"x@b.example", {"bob@rome.example"}, {}}));
    EXPECT_EQ(record.client.mails[1].sender, "a@b.example");
    EXPECT_TRUE(record.client.mails[1].message);
    EXPECT_EQ(record.client.mails[2], (ImaginedMail{"", {"ann@rome.example"}, {}}));
}

TEST(SessionRecord, knows_what_a_client_called_itself_that_was_refused_at_its_greeting) {
    const auto refused = event("command_refused", {{"command", "ehlo localhost"}, {"reply", "550 5.7.1 No"}});
    EXPECT_EQ(session_record({connected, refused}).client.helo, "localhost");
    EXPECT_EQ(session_record({connected, refused, greeted}).client.helo, "client.example");
    EXPECT_EQ(session_record({connected, greeted, refused}).client.helo, "client.example");
    EXPECT_EQ(session_record({connected, event("command_refused", {{"command", "WIZ"}})}).client.helo, "");
}

TEST(SessionRecord, goes_on_with_a_transaction_whose_data_was_not_wanted) {
    const json to = {{"sender", "<a@b.example>"}, {"recipients", {"ann@rome.example"}}};
    auto unwanted = event("data_refused", to);
    unwanted["bytes"] = 0;
    const auto record =
        session_record({connected, greeted, unwanted, event("abandoned", to), event("abandoned", to)});
    ASSERT_EQ(record.client.mails.size(), 2U);
    EXPECT_TRUE(record.client.mails[0].message);
    EXPECT_FALSE(record.client.mails[1].message);
    unwanted["bytes"] = 17;
    EXPECT_EQ(session_record({connected, greeted, unwanted, event("abandoned", to)}).client.mails.size(), 2U);
}

TEST(SessionRecord, knows_the_size_that_was_declared_or_came) {
    const auto size_in = [](json told) {
        return session_record({connected, greeted, told}).client.mails.at(0).declared_size;
    };
    EXPECT_EQ(size_in(event("sender_refused", {{"sender", "<a@b.example>"}, {"declared_size", 4711}})),
              4711U);
    auto taken = queued;
    taken["size"] = 1000;
    EXPECT_EQ(size_in(taken), 1000U);
    EXPECT_EQ(size_in(event("abandoned", {{"sender", "<>"}})), 0U);
}

TEST(SessionRecord, has_in_a_messages_place_what_was_noted_of_it) {
    auto noted = event("surveyed", {{"message", "M1"}, {"size", 3000}, {"attachments", {"image/png x.png"}}});
    noted["uri_hosts"] = {"links.example"};
    const auto other = event("accepted", {{"message", "M2"}, {"sender", "a@b.example"}, {"size", 2000}});
    const auto refused = event("data_refused", {{"sender", "<a@b.example>"}, {"bytes", 1000}});
    const auto record = session_record({connected, greeted, noted, queued, other, refused});
    ASSERT_EQ(record.client.mails.size(), 3U);
    const auto message = [&](std::size_t i) { return record.client.mails[i].message.value_or(""); };
    EXPECT_EQ(message(0).size(), 3000U);
    EXPECT_THAT(message(0), testing::HasSubstr("http://links.example/"));
    EXPECT_THAT(message(0), testing::HasSubstr("image/png"));
    EXPECT_EQ(message(1).size(), 2000U);
    EXPECT_THAT(message(1), testing::Not(testing::HasSubstr("links.example")));
    EXPECT_EQ(message(2).size(), 1000U);
}

TEST(SessionRecord, has_the_sender_as_the_client_wrote_it) {
    const auto rewritten = [](const char* field, const char* before, const char* after) {
        return event("rewritten", {{"field", field}, {"before", before}, {"after", after}});
    };
    const auto record = session_record({connected, greeted, rewritten("MAIL", "<ann>", "<ann@inner.example>"),
                                        rewritten("MAIL", "<ann@inner.example>", "<a@b.example>"), queued,
                                        event("accepted", {{"message", "M2"}, {"sender", "bob@b.example"}})});
    ASSERT_EQ(record.client.mails.size(), 2U);
    EXPECT_EQ(record.client.mails[0].sender, "ann");
    EXPECT_EQ(record.client.mails[1].sender, "bob@b.example");
}

TEST(SessionRecord, keeps_what_milters_said) {
    const auto said =
        event("looked_up",
              {{"what", "milter"}, {"subject", "clamav rcpt"}, {"words", {"reject"}}, {"seconds", "0.250"}});
    const auto record = session_record({connected, said, event("looked_up", {{"what", "dnslist"}})});
    ASSERT_EQ(record.of_milters.size(), 1U);
    EXPECT_EQ(record.of_milters[0].subject, "clamav rcpt");
    EXPECT_THAT(record.of_milters[0].words, ElementsAre("reject"));
    EXPECT_EQ(record.of_milters[0].took, std::chrono::milliseconds(250));
}

}  // namespace
}  // namespace cursus
