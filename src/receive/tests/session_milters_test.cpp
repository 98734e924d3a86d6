// Milters at work in whole sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_rules.h"
#include "receive/tests/session_world.h"
#include "sim/peers/milter_host.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// What a milter says at the end of a message before it says "continue", or its verdict.
std::string in_a_row(const std::vector<std::string>& packets) {
    std::string octets;
    for (const auto& packet : packets) octets += packet;
    return octets;
}
std::string packet_of(char letter, const std::vector<std::string>& texts = {}) {
    return MilterHost::packet(letter, MilterHost::data(std::nullopt, texts));
}

class SessionMiltersTest : public testing::Test, protected SessionWorld {
protected:
    SessionMiltersTest() : milter_(sim.machine("198.51.100.1"), address_) {
        settings.scan.milters = {{address_}};
    }
    void rules(std::string_view text) { settings.rules = parsed_rules(text); }
    void says(char letter, const std::string& octets) { milter_.acts[letter] = {{.octets = octets}}; }
    const std::string& send(const std::vector<std::string>& recipients, const std::string& text) {
        std::string octets = "EHLO client.example\r\nMAIL FROM:<ann@a.example> BODY=8BITMIME\r\n";
        for (const auto& recipient : recipients) octets += "RCPT TO:<" + recipient + "@ancient-rome.net>\r\n";
        return say(octets + "DATA\r\n" + text + "\r\n.\r\nQUIT\r\n");
    }
    const std::string& say(const std::string& octets) {
        run(std::vector<ClientStep>{{ClientAct::Sends, octets, {}}});
        return written;
    }

    Endpoint address_ = *Endpoint::parse("198.51.100.1:8891");
    MilterHost milter_;
};

TEST_F(SessionMiltersTest, who_removes_all_recipients_discards_the_message) {
    says('E', in_a_row({packet_of('-', {"<bob@ancient-rome.net>"}), packet_of('c')}));
    EXPECT_THAT(send({"bob"}, "Subject: x\r\n\r\ntext"), HasSubstr("250 2.0.0"));
    EXPECT_THAT(queue.kept, IsEmpty());
    const auto discarded = events.of<Discarded>();
    ASSERT_THAT(discarded, SizeIs(1));
    EXPECT_THAT(discarded.front().recipients, ElementsAre("bob@ancient-rome.net"));
}

// As one does that gives a mailbox its other name, or says each address anew.
TEST_F(SessionMiltersTest, who_puts_a_recipient_in_the_place_of_one_that_is_held_frees_nobody) {
    rules(rule("rcpt", "recipient = \"bob@\"", "do = \"hold\""));
    const std::string lost = packet_of('-', {"<bob@ancient-rome.net>"});
    const std::string again = packet_of('+', {"<bob@ancient-rome.net>"});
    const std::string other = packet_of('+', {"<eve@ancient-rome.net>"});
    for (const auto& changes : {lost + again, lost + other, other + lost}) {
        queue.kept.clear();
        says('E', changes + packet_of('c'));
        send({"ann", "bob"}, "Subject: x\r\n\r\ntext");
        ASSERT_THAT(queue.kept, SizeIs(1));
        const auto& recipients = queue.kept.front().recipients;
        ASSERT_THAT(recipients, SizeIs(2));
        EXPECT_FALSE(recipients[0].hold);
        EXPECT_TRUE(recipients[1].hold);
    }
    EXPECT_THAT(events.of<Discarded>(), SizeIs(2)) << "nobody tells that bob gets nothing where he does";
}

TEST_F(SessionMiltersTest, say_what_senders_hear_of_those_they_add) {
    const std::string asked =
        packet_of('2', {"<eve@ancient-rome.net>", "NOTIFY=FAILURE ORCPT=rfc822;eve@x.example"});
    says('E', packet_of('+', {"<cid@ancient-rome.net>"}) + asked +
                  packet_of('e', {"<ann@a.example>", "RET=HDRS ENVID=7"}) + packet_of('c'));
    send({"bob"}, "Subject: x\r\n\r\ntext");
    ASSERT_THAT(queue.kept, SizeIs(1));
    const auto& [bob, cid, eve] =
        std::tie(queue.kept[0].recipients[0], queue.kept[0].recipients[1], queue.kept[0].recipients[2]);
    EXPECT_FALSE(bob.notify.is_set);
    EXPECT_TRUE(cid.notify.is_never()) << "nobody wrote to it";
    EXPECT_TRUE(eve.notify.wants_failure() && eve.notify.is_set);
    EXPECT_EQ(eve.original, "rfc822;eve@x.example");
    EXPECT_EQ(queue.kept[0].envelope.ret, Ret::Headers);
    EXPECT_EQ(queue.kept[0].envelope.envid, "7");
    queue.kept.clear();
    says('E', packet_of('-', {"<bob@ancient-rome.net>"}) + packet_of('+', {"<cid@ancient-rome.net>"}) +
                  packet_of('c'));
    send({"bob"}, "Subject: x\r\n\r\ntext");
    ASSERT_THAT(queue.kept.at(0).recipients, SizeIs(1));
    EXPECT_TRUE(queue.kept[0].recipients[0].notify.wants_failure()) << "it stands in the place of another";
}

TEST_F(SessionMiltersTest, a_field_of_eight_bits_makes_the_message_one) {
    says('E', packet_of('h', {"X-Name", "gr\xc3\xbc\xc3\x9f"}) + packet_of('c'));
    written.clear();
    say("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nDATA\r\n"
        "Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n");
    ASSERT_THAT(queue.kept, SizeIs(1)) << written;
    EXPECT_EQ(queue.kept[0].envelope.body, Body::EightBitMime);
}

TEST_F(SessionMiltersTest, a_new_body_takes_the_place_of_lines_that_are_no_fields_too) {
    says('E', packet_of('c'));
    settings.malformed.mx = MalformedLevel::Off;
    says('E', in_a_row({MilterHost::packet('b', "new\r\n"), packet_of('c')}));
    send({"bob"}, "Subject: x\r\nno field\r\n\r\ntext");
    ASSERT_THAT(queue.kept, SizeIs(1)) << written;
    EXPECT_THAT(queue.kept[0].text, testing::EndsWith("Subject: x\r\n\r\nnew\r\n"));
}

TEST_F(SessionMiltersTest, a_new_body_stands_behind_a_header_that_had_no_end) {
    says('E', in_a_row({MilterHost::packet('b', "new\r\n"), packet_of('c')}));
    settings.malformed.mx = MalformedLevel::Off;
    say("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nBDAT 10 "
        "LAST\r\n"
        "Subject: xQUIT\r\n");
    ASSERT_THAT(queue.kept, SizeIs(1)) << written;
    EXPECT_THAT(queue.kept[0].text, testing::EndsWith("\r\nSubject: x\r\n\r\nnew\r\n"));
}

TEST_F(SessionMiltersTest, in_lmtp_add_nobody_to_what_is_refused_to_all) {
    listener.service = Service::Lmtp;
    rules(rule("data", "recipient = \"bob@\"", "do = \"defer\""));
    says('E', packet_of('+', {"<eve@ancient-rome.net>"}) + packet_of('c'));
    say("LHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nDATA\r\n"
        "Subject: x\r\n\r\ntext\r\n.\r\nQUIT\r\n");
    EXPECT_THAT(queue.kept, IsEmpty());
    EXPECT_THAT(written, HasSubstr("451 4.7.1 "));
}

TEST_F(SessionMiltersTest, who_refuse_in_place_of_the_greeting_do_so_as_one_may) {
    says('C', packet_of('r'));
    EXPECT_THAT(say("QUIT\r\n"), testing::StartsWith("554 5.7.1 "));
    written.clear();
    says('C', packet_of('t'));
    EXPECT_THAT(say("QUIT\r\n"), testing::StartsWith("421 4.7.1 "));
}

TEST_F(SessionMiltersTest, a_new_body_of_eight_bits_is_called_so) {
    says('E', in_a_row({MilterHost::packet('b', "gr\xc3\xbc\xc3\x9f dich\r\n"), packet_of('c')}));
    send({"bob"}, "Subject: x\r\n\r\ntext");
    ASSERT_THAT(queue.kept, SizeIs(1));
    EXPECT_EQ(queue.kept.front().envelope.body, Body::EightBitMime);
    EXPECT_THAT(queue.kept.front().text, HasSubstr("gr\xc3\xbc\xc3\x9f dich"));
    EXPECT_THAT(queue.kept.front().text, Not(HasSubstr("text")));
}

TEST_F(SessionMiltersTest, a_new_body_for_which_there_is_no_memory_defers_the_message) {
    says('E', in_a_row({MilterHost::packet('b', std::string(2000, 'x') + "\r\n"), packet_of('c')}));
    queue.reserved_max = 1000;
    EXPECT_THAT(send({"bob"}, "Subject: x\r\n\r\ntext"), HasSubstr("\r\n451 4."));
    EXPECT_THAT(queue.kept, IsEmpty());
}

TEST_F(SessionMiltersTest, a_new_body_is_not_put_behind_a_header_that_is_too_long_to_be_kept_at_hand) {
    says('E', in_a_row({MilterHost::packet('b', "other"), packet_of('c')}));
    std::string header;
    for (int i = 0; i < 9000; ++i) header += "X-Long: " + std::string(60, 'x') + "\r\n";
    EXPECT_THAT(send({"bob"}, header + "\r\ntext"), HasSubstr("\r\n451 "));
    EXPECT_THAT(queue.kept, IsEmpty());
}

TEST_F(SessionMiltersTest, hear_of_commands_that_there_are_not_and_may_word_the_refusal) {
    says('U', packet_of('y', {"501 5.5.9 Never heard of it"}));
    EXPECT_THAT(say("EHLO client.example\r\nWIZ now\r\nQUIT\r\n"),
                HasSubstr("\r\n501 5.5.9 Never heard of it ("));
    EXPECT_THAT(milter_.heard('U'), ElementsAre("WIZ now|"));
}

TEST_F(SessionMiltersTest, leave_a_command_that_there_is_not_refused) {
    says('U', packet_of('a'));
    EXPECT_THAT(say("EHLO client.example\r\nWIZ\r\nQUIT\r\n"), HasSubstr("\r\n500 5.5.1 "));
}

TEST_F(SessionMiltersTest, are_never_shown_what_may_be_a_password) {
    listener.service = Service::Submission;
    put_account("ann@ancient-rome.net", "secret");
    say("EHLO client.example\r\nAUTH NONE\r\nc2VjcmV0\r\nAUTH=PLAIN c2VjcmV0\r\nQUIT\r\n");
    EXPECT_THAT(milter_.heard('U'), IsEmpty());
}

TEST_F(SessionMiltersTest, are_told_how_strong_the_cipher_is) {
    listener.tls = ListenerTls::StartTls;
    run(std::vector<ClientStep>{{ClientAct::Sends, "EHLO client.example\r\nSTARTTLS\r\n", {}},
                                {ClientAct::StartsTls, {}, {}},
                                {ClientAct::Sends, "EHLO client.example\r\nQUIT\r\n", {}}});
    EXPECT_THAT(milter_.heard('D'), testing::Contains(HasSubstr("{cipher_bits}|256|")));
}

TEST_F(SessionMiltersTest, see_parameters_as_they_were_written) {
    say("EHLO client.example\r\nMAIL FROM:<ann@a.example> size=10  body=8bitmime\r\n"
        "RCPT TO:<bob@ancient-rome.net>\r\nQUIT\r\n");
    EXPECT_THAT(milter_.heard('M'), ElementsAre("<ann@a.example>|size=10|body=8bitmime|"));
    EXPECT_THAT(milter_.heard('R'), ElementsAre("<bob@ancient-rome.net>|"));
}

TEST_F(SessionMiltersTest, hear_that_a_message_is_given_up) {
    say("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRSET\r\nNOOP\r\nQUIT\r\n");
    sim.run_for(std::chrono::seconds{1});
    EXPECT_EQ(milter_.letters(), "OCHMAQ");
}

TEST_F(SessionMiltersTest, who_ends_the_session_at_data_ends_it) {
    says('T', packet_of('y', {"421 4.3.2 Enough"}));
    const auto replies =
        say("EHLO client.example\r\nMAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\n"
            "DATA\r\nNOOP\r\n");
    EXPECT_THAT(replies, HasSubstr("\r\n421 4.3.2 Enough ("));
    EXPECT_THAT(replies, testing::EndsWith(")\r\n"));
}

TEST_F(SessionMiltersTest, a_second_message_does_not_bear_the_number_of_the_first_at_its_beginning) {
    const std::string one =
        "MAIL FROM:<ann@a.example>\r\nRCPT TO:<bob@ancient-rome.net>\r\nDATA\r\nS: x\r\n\r\nx\r\n.\r\n";
    say("EHLO client.example\r\n" + one + "MAIL FROM:<ann@a.example>\r\nQUIT\r\n");
    const auto macros = milter_.heard('D');
    const auto of_mail = [](const std::string& each) { return each.starts_with("M"); };
    EXPECT_EQ(std::ranges::count_if(macros, of_mail), 2);
    for (const auto& each : macros)
        if (of_mail(each)) EXPECT_THAT(each, Not(HasSubstr("Mi|")));
}

}  // namespace
}  // namespace cursus
