#include "receive/session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/transcript.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view ehlo = "EHLO taurus.cus.cam.ac.uk\r\n";
constexpr std::string_view mail_from = "MAIL FROM:<phl0@cus.cam.ac.uk>\r\n";
constexpr std::string_view recipient = "RCPT TO:<julius@ancient-rome.net>\r\n";
constexpr std::string_view quit_line = "QUIT\r\n";

std::string join(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (const std::string_view part : parts) whole += part;
    return whole;
}
std::vector<ClientStep> says(std::initializer_list<std::string_view> parts) {
    return {{ClientAct::Sends, join(parts), {}}};
}

std::string without_trace(const std::string& text) {
    std::size_t end = text.find("\r\n");
    while (end + 2 < text.size() && (text[end + 2] == ' ' || text[end + 2] == '\t'))
        end = text.find("\r\n", end + 2);
    return text.substr(end + 2);
}
std::string trace(const std::string& text) {
    return text.substr(0, text.size() - without_trace(text).size());
}

TEST(Session, keeps_the_message_as_it_was_sent_behind_its_own_received_field) {
    SessionWorld world;
    world.run(says({ehlo, mail_from, recipient, "DATA\r\n", "Subject: one\r\n\r\n..\r\n..two\r\nend\r\n.\r\n",
                    quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const KeptMessage& kept = world.queue.kept.front();
    EXPECT_EQ(without_trace(kept.text), "Subject: one\r\n\r\n.\r\n.two\r\nend\r\n");
    EXPECT_THAT(trace(kept.text), StartsWith("Received: from taurus.cus.cam.ac.uk"));
    for (const char* part :
         {"[198.51.100.7]", "by relay.ancient-rome.net", "with ESMTP", "for <julius@ancient-rome.net>"})
        EXPECT_THAT(trace(kept.text), HasSubstr(part));
    EXPECT_THAT(trace(kept.text), HasSubstr("id " + kept.id.text()));
    EXPECT_THAT(world.written, HasSubstr("250 2.0.0 OK id=" + kept.id.text()));
}

TEST(Session, fills_in_the_envelope) {
    SessionWorld world;
    world.run(says({ehlo, "MAIL FROM:<phl0@cus.cam.ac.uk> BODY=8BITMIME SMTPUTF8 SIZE=20\r\n", recipient,
                    "RCPT TO:<gaul@provinces.example>\r\n", "BDAT 6 LAST\r\ntext\r\n", quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const KeptMessage& kept = world.queue.kept.front();
    const Envelope& envelope = kept.envelope;
    EXPECT_EQ(envelope.session, SessionId(7));
    EXPECT_EQ(envelope.service, "mx");
    EXPECT_EQ(envelope.client.endpoint->text(), "198.51.100.7:40000");
    EXPECT_EQ(envelope.client.helo, "taurus.cus.cam.ac.uk");
    EXPECT_EQ(envelope.protocol, Protocol::Esmtp);
    EXPECT_EQ(path_text(envelope.sender), "<phl0@cus.cam.ac.uk>");
    EXPECT_EQ(envelope.body, Body::EightBitMime);
    EXPECT_TRUE(envelope.smtputf8);
    EXPECT_EQ(envelope.size, kept.text.size());
    EXPECT_EQ(envelope.arrived, world.sim.wall_now());
    ASSERT_EQ(kept.recipients.size(), 2U);
    EXPECT_EQ(kept.recipients[1].address.text(), "gaul@provinces.example");
    EXPECT_THAT(trace(kept.text), Not(HasSubstr("for <")))
        << "several recipients do not learn of one another";
    EXPECT_THAT(trace(kept.text), HasSubstr("with UTF8SMTP"));
}

TEST(Session, takes_unannounced_eight_bit_text_as_it_is_and_calls_it_so) {
    SessionWorld world;
    world.run(says({ehlo, mail_from, recipient, "DATA\r\n", "Subject: x\r\n\r\ngr\xc3\xbc\xdf\r\n.\r\n",
                    mail_from, recipient, "DATA\r\n", "plain\r\n.\r\n", quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 2U);
    EXPECT_EQ(without_trace(world.queue.kept[0].text), "Subject: x\r\n\r\ngr\xc3\xbc\xdf\r\n");
    EXPECT_EQ(world.queue.kept[0].envelope.body, Body::EightBitMime);
    EXPECT_EQ(world.queue.kept[1].envelope.body, Body::SevenBit);
}

TEST(Session, says_by_which_protocol_a_message_came) {
    SessionWorld world;
    world.listener.tls = ListenerTls::StartTls;
    world.run(
        {{ClientAct::Sends, join({ehlo, "STARTTLS\r\n"}), {}},
         {ClientAct::StartsTls, {}, {}},
         {ClientAct::Sends, join({ehlo, mail_from, recipient, "DATA\r\n", "text\r\n.\r\n", quit_line}), {}}});
    world.run(says(
        {"HELO taurus.cus.cam.ac.uk\r\n", mail_from, recipient, "DATA\r\n", "text\r\n.\r\n", quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 2U);
    EXPECT_THAT(trace(world.queue.kept[0].text), HasSubstr("with ESMTPS"));
    EXPECT_EQ(world.queue.kept[0].envelope.client.tls, "TLSv1.3 TLS_AES_256_GCM_SHA384");
    EXPECT_THAT(trace(world.queue.kept[1].text), HasSubstr("with SMTP"));
    EXPECT_EQ(world.queue.kept[1].envelope.protocol, Protocol::Smtp);
}

TEST(Session, answers_a_pipelined_group_in_one_write) {
    SessionWorld world;
    world.run({{ClientAct::Sends, std::string(ehlo), {}},
               {ClientAct::Sends, join({mail_from, recipient, recipient, recipient, "DATA\r\n"}), {}},
               {ClientAct::Sends, "text\r\n.\r\n", {}},
               {ClientAct::Sends, std::string(quit_line), {}}});
    EXPECT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.writes, 5U) << "greeting, EHLO, the group, the final dot, QUIT";
}

TEST(Session, does_not_gather_without_bound) {
    SessionWorld world;
    world.settings.limits.recipients = 10'000;
    std::string group(mail_from);
    for (int i = 0; i < 1'000; ++i) group += recipient;
    world.run({{ClientAct::Sends, std::string(ehlo), {}},
               {ClientAct::Sends, group, {}},
               {ClientAct::Sends, std::string(quit_line), {}}});
    EXPECT_GT(world.writes, 4U);
    EXPECT_LE(world.writes, 4 + 1'001 * replies::recipient_ok.wire().size() / Output::gathered_bytes_max);
}

TEST(Session, hands_a_large_message_on_in_pieces_and_whole) {
    SessionWorld world;
    std::string text = "Subject: large\r\n\r\n";
    for (int i = 0; text.size() < 1'000'000; ++i)
        text += "line " + std::to_string(i) + std::string(60, '.') + "\r\n";
    for (const bool in_chunks : {false, true}) {
        world.run(in_chunks ? says({ehlo, mail_from, recipient, "BDAT ", std::to_string(text.size()),
                                    " LAST\r\n", text, quit_line})
                            : says({ehlo, mail_from, recipient, "DATA\r\n", text, ".\r\n", quit_line}));
        ASSERT_FALSE(world.queue.kept.empty());
        EXPECT_EQ(without_trace(world.queue.kept.back().text), text);
    }
}

TEST(Session, reads_a_refused_message_to_its_end_but_not_beyond_reason) {
    SessionWorld world;
    world.settings.limits.message_size = 1'000;
    const std::string line = std::string(998, 'a') + "\r\n";
    std::string text;
    while (text.size() < 2'000'000) text += line;
    world.run(says({ehlo, mail_from, recipient, "DATA\r\n", text, ".\r\nNOOP\r\n", quit_line}));
    EXPECT_THAT(world.written, HasSubstr("552 5.3.4 Message too big\r\n250 2.0.0 OK\r\n221"));
    world.written.clear();
    while (text.size() <= Reception::raw_octets_max(world.settings.limits)) text += text;
    world.run(says({ehlo, mail_from, recipient, "DATA\r\n", text, "\r\n.\r\nNOOP\r\n", quit_line}));
    EXPECT_THAT(world.written, testing::EndsWith("552 5.3.4 Message too big\r\n"))
        << "and the connection is closed";
    EXPECT_TRUE(world.queue.kept.empty());
}

TEST(Session, refuses_a_line_of_a_message_that_no_program_means) {
    SessionWorld world;
    world.run(says({ehlo, mail_from, recipient, "DATA\r\n", std::string(text_line_octets_max, 'a'),
                    "\r\n.\r\nNOOP\r\n", quit_line}));
    EXPECT_THAT(world.written,
                HasSubstr("554 5.6.0 A line of the message has more than 262144 octets\r\n250 2.0.0 OK"));
    EXPECT_TRUE(world.queue.kept.empty());
}

TEST(Session, bounds_a_flood_of_tiny_chunks) {
    SessionWorld world;
    std::string flood;
    for (std::uint32_t i = 0; i <= bdat_chunks_max; ++i) flood += "BDAT 1\r\na";
    world.run(says({ehlo, mail_from, recipient, flood, "RSET\r\n", quit_line}));
    EXPECT_THAT(world.written, HasSubstr("554 5.5.0 Too many chunks\r\n250 2.0.0 OK\r\n221"));
    EXPECT_TRUE(world.queue.kept.empty());
}

TEST(Session, does_not_let_a_drip_hold_it_for_ever) {
    SessionWorld world;
    std::vector<ClientStep> steps = says({ehlo, mail_from, recipient, "DATA\r\n"});
    for (int i = 0; i < 100; ++i) {
        steps.push_back({ClientAct::Pauses, {}, std::chrono::minutes{4}});
        steps.push_back({ClientAct::Sends, "a", {}});
    }
    const Instant started = world.sim.now();
    world.run(std::move(steps));
    EXPECT_THAT(world.written, HasSubstr("421 4.4.2 Timed out"));
    EXPECT_EQ(world.sim.now() - started, Reception::grace);
    EXPECT_TRUE(world.queue.kept.empty());
}

TEST(Session, does_not_let_a_command_drip_for_ever) {
    SessionWorld world;
    std::vector<ClientStep> steps = says({ehlo});
    for (int i = 0; i < 100; ++i) {
        steps.push_back({ClientAct::Pauses, {}, std::chrono::minutes{2}});
        steps.push_back({ClientAct::Sends, "N", {}});
    }
    const Instant started = world.sim.now();
    world.run(std::move(steps));
    EXPECT_THAT(world.written, HasSubstr("421 4.4.2 Timed out"));
    EXPECT_EQ(world.sim.now() - started, world.settings.limits.idle);
}

TEST(Session, waits_long_enough_for_a_slow_but_honest_client) {
    SessionWorld world;
    std::vector<ClientStep> steps = says({ehlo, mail_from, recipient, "DATA\r\n"});
    const std::string line = std::string(998, 'a') + "\r\n";
    for (int i = 0; i < 60; ++i) {  // five hours, 1.1 KiB a second
        steps.push_back({ClientAct::Pauses, {}, std::chrono::minutes{4}});
        steps.push_back({ClientAct::Sends, line, {}});
        for (int j = 0; j < 8; ++j) steps.back().bytes += steps.back().bytes;
    }
    steps.push_back({ClientAct::Sends, ".\r\n", {}});
    world.settings.limits.message_size = 100'000'000;
    world.run(std::move(steps));
    EXPECT_EQ(world.queue.kept.size(), 1U);
}

TEST(Session, ends_a_dialogue_that_brings_no_message) {
    SessionWorld world;
    std::string chatter;
    for (std::uint32_t i = 0; i < fruitless_commands_max + 10; ++i) chatter += "NOOP\r\n";
    world.run(says({ehlo, chatter}));
    EXPECT_THAT(world.written, HasSubstr("421 4.7.0"));
}

TEST(Session, lets_a_client_that_brings_messages_go_on) {
    SessionWorld world;
    std::string many(ehlo);
    for (std::uint32_t i = 0; i < fruitless_commands_max; ++i)
        many += join({mail_from, recipient, "DATA\r\n", "text\r\n.\r\n", "RSET\r\n"});
    world.run(says({many, quit_line}));
    EXPECT_EQ(world.queue.kept.size(), fruitless_commands_max);
    EXPECT_THAT(world.written, HasSubstr("221 2.0.0"));
}

// RFC 5321 §4.5.3.2.6: once the message is here whole, only keeping it makes the client's next try harmless.
TEST(Session, a_message_is_kept_whole_when_its_client_can_no_longer_be_answered) {
    SessionWorld world;
    auto client = world.stream();
    client->steps = {{ClientAct::Sends,
                      join({ehlo, mail_from, recipient, "BDAT 6\r\ntext\r\n", "BDAT 6 LAST\r\nmore\r\n"}),
                      {}}};
    constexpr std::size_t greeting_and_hello = 2;
    client->writes_max = greeting_and_hello;
    world.run(std::move(client));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.queue.kept[0].recipients.size(), 1U);
    EXPECT_EQ(path_text(world.queue.kept[0].envelope.sender), "<phl0@cus.cam.ac.uk>");
    EXPECT_TRUE(world.events.of<Abandoned>().empty());
    ASSERT_EQ(world.events.of<Disconnected>().size(), 1U);
    EXPECT_EQ(world.events.of<Disconnected>()[0].accepted, 1U);
}

TEST(Session, says_in_events_what_was_abandoned) {
    for (const std::string_view end : {"RSET\r\n", "EHLO again\r\n", "QUIT\r\n", "", "DATA\r\nhalf a mess"}) {
        SessionWorld world;
        world.run(says({ehlo, mail_from, recipient, end}));
        const auto abandoned = world.events.of<Abandoned>();
        ASSERT_EQ(abandoned.size(), 1U) << end;
        EXPECT_EQ(abandoned[0].sender, "<phl0@cus.cam.ac.uk>");
        EXPECT_EQ(abandoned[0].recipients.size(), 1U);
    }
}

TEST(Session, tells_its_story_in_events) {
    SessionWorld world;
    world.run(says({ehlo, "FROB\r\n", mail_from, "RCPT TO:<ann@elsewhere.example>\r\n", recipient, "DATA\r\n",
                    "a\nb\r\n.\r\n"}));
    ASSERT_EQ(world.events.all.size(), 6U);
    for (const MailEvent& event : world.events.all) EXPECT_EQ(event.session, SessionId(7));
    const auto connected = world.events.of<Connected>();
    ASSERT_EQ(connected.size(), 1U);
    EXPECT_EQ(connected[0].listener, "mx");
    EXPECT_EQ(connected[0].client.text(), "198.51.100.7:40000");
    EXPECT_EQ(connected[0].server.text(), "203.0.113.25:25");
    ASSERT_EQ(world.events.of<Greeted>().size(), 1U);
    EXPECT_TRUE(world.events.of<Greeted>()[0].extended);
    ASSERT_EQ(world.events.of<CommandRefused>().size(), 1U);
    EXPECT_EQ(world.events.of<CommandRefused>()[0].command, "FROB");
    const auto refused = world.events.of<RecipientRefused>();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].recipient, "ann@elsewhere.example");
    EXPECT_EQ(refused[0].rule, "relay-denied");
    EXPECT_EQ(refused[0].reply, replies::relay_denied);
    const auto data = world.events.of<DataRefused>();
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].sender, "<phl0@cus.cam.ac.uk>");
    EXPECT_EQ(data[0].recipients.size(), 1U);
    EXPECT_EQ(data[0].rule, "bare-lf");
    EXPECT_EQ(data[0].bytes, 5U);
    const auto ended = world.events.of<Disconnected>();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].how, "bare-lf");
    EXPECT_EQ(ended[0].commands, 6U);
    EXPECT_EQ(ended[0].accepted, 0U);
}

TEST(Session, says_in_events_what_became_of_tls) {
    SessionWorld world;
    world.listener.tls = ListenerTls::StartTls;
    world.run({{ClientAct::Sends, "STARTTLS\r\n", {}},
               {ClientAct::StartsTls, {}, {}},
               {ClientAct::Sends, std::string(quit_line), {}}});
    ASSERT_EQ(world.events.of<TlsStarted>().size(), 1U);
    EXPECT_EQ(world.events.of<TlsStarted>()[0].protocol, "TLSv1.3");
    world.run({{ClientAct::Sends, "STARTTLS\r\n", {}}, {ClientAct::Sends, "EHLO x\r\n", {}}});
    ASSERT_EQ(world.events.of<TlsFailed>().size(), 1U);
    EXPECT_EQ(world.events.of<Disconnected>().back().how, "TLS failed");
}

TEST(Session, keeps_passwords_and_control_bytes_out_of_events) {
    SessionWorld world;
    world.run(says({ehlo, "FROB\x1b[2J\x07 \x7f\r\n", std::string(3'000, 'x'), "\r\n",
                    "AUTH PLAIN AGFubgBzZWNyZXQ=\r\n", "auth login c2VjcmV0!\r\n", quit_line}));
    const auto refused = world.events.of<CommandRefused>();
    ASSERT_EQ(refused.size(), 4U);
    EXPECT_EQ(refused[0].command, "FROB\\x1b[2J\\x07 \\x7f");
    EXPECT_LT(refused[1].command.size(), 300U);
    EXPECT_EQ(refused[2].command, "AUTH ...");
    EXPECT_EQ(refused[3].command, "AUTH ...");
}

TEST(Session, keeps_what_a_client_sends_behind_auth_out_of_events) {
    SessionWorld world;
    world.run(says({ehlo, " AUTH PLAIN AGFubgBzZWNyZXQ=\r\n", "AUTH LOGIN\r\n", "dXNlcg==\r\n",
                    "c2VjcmV0\r\n", "bW9yZQ==\r\n", "NOOP\r\n", "FROB\r\n", quit_line}));
    std::vector<std::string> commands;
    for (const auto& refused : world.events.of<CommandRefused>()) commands.push_back(refused.command);
    EXPECT_EQ(commands, (std::vector<std::string>{"AUTH ...", "AUTH ...", "(a line behind AUTH)",
                                                  "(a line behind AUTH)", "(a line behind AUTH)", "FROB"}));
}

// RFC 5321 §4.5.3.1.10
TEST(Session, takes_a_message_for_the_recipients_that_fit_however_many_more_were_sent) {
    SessionWorld world;
    world.settings.limits.recipients = 300;
    std::string talk(join({ehlo, mail_from}));
    for (int i = 0; i < 590; ++i) talk += fmt::format("RCPT TO:<r{}@ancient-rome.net>\r\n", i);
    world.run(says({talk, "DATA\r\n", "text\r\n.\r\n", quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.queue.kept[0].recipients.size(), 300U);
}

TEST(Session, keeps_a_recipient_who_is_named_twice_once) {
    SessionWorld world;
    world.run(says({join({ehlo, mail_from, recipient, recipient, "RCPT TO:<gaul@provinces.example>\r\n",
                          "RCPT TO:<Gaul@provinces.example>\r\n", recipient}),
                    "DATA\r\n", "text\r\n.\r\n", quit_line}));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.queue.kept[0].recipients.size(), 3U) << "elsewhere case may matter, RFC 5321 §2.4";
}

TEST(Session, ends_a_client_that_goes_on_with_recipients_for_ever) {
    SessionWorld world;
    world.settings.limits.recipients = 10;
    std::string talk(join({ehlo, mail_from}));
    for (std::uint32_t i = 0; i < 30 + fruitless_commands_max; ++i) talk += recipient;
    world.run(says({talk, quit_line}));
    EXPECT_THAT(world.written, HasSubstr("421 4.7.0"));
}

TEST(Session, ends_a_client_that_names_recipients_and_no_sender) {
    SessionWorld world;
    std::string talk(ehlo);
    for (std::uint32_t i = 0; i < fruitless_commands_max + 10; ++i) talk += recipient;
    world.run(says({talk, quit_line}));
    EXPECT_THAT(world.written, HasSubstr("421 4.7.0"));
}

TEST(Session, answers_the_same_wherever_its_input_is_cut) {
    const std::string input = join({ehlo, mail_from, recipient, "RCPT TO:<ann@elsewhere.example>\r\n",
                                    "DATA\r\n", "Subject: a\r\n\r\n..\r\n.b\r\n.\r\n", "FROB\r\n", mail_from,
                                    recipient, "BDAT 3\r\nab\r", "BDAT 1 LAST\r\n\n", "NOOP\r\n", quit_line});
    SessionWorld whole;
    whole.run({{ClientAct::Sends, input, {}}});
    ASSERT_EQ(whole.queue.kept.size(), 2U);
    SessionWorld world;
    for (std::size_t cut = 1; cut < input.size(); ++cut) {
        world.written.clear();
        world.queue = {};
        world.run({{ClientAct::Sends, input.substr(0, cut), {}}, {ClientAct::Sends, input.substr(cut), {}}});
        EXPECT_EQ(world.written, whole.written) << "cut at " << cut;
        ASSERT_EQ(world.queue.kept.size(), 2U) << "cut at " << cut;
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(without_trace(world.queue.kept[i].text), without_trace(whole.queue.kept[i].text))
                << "cut at " << cut;
    }
}

// "250 after data" and what is kept are the same number, whatever the store does.
TEST(Session, acknowledges_exactly_what_was_kept) {
    for (const auto trouble : {QueueErrorKind::Full, QueueErrorKind::OverBudget, QueueErrorKind::Broken}) {
        for (int where = 0; where < 3; ++where) {
            SessionWorld world;
            (where == 0   ? world.queue.begin_error
             : where == 1 ? world.queue.append_error
                          : world.queue.commit_error) = trouble;
            world.run({{ClientAct::Sends,
                        join({ehlo, mail_from, recipient, "BDAT 6 LAST\r\ntext\r\n", quit_line}),
                        {}}});
            EXPECT_TRUE(world.queue.kept.empty());
            EXPECT_THAT(world.written, Not(HasSubstr("id=")));
            EXPECT_THAT(world.written, HasSubstr("\r\n45")) << "temporary, always";
        }
    }
}

}  // namespace
}  // namespace cursus
