// What becomes of the addresses in mail from clients of ours, and of nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/base64.h"
#include "receive/tests/transcript.h"

namespace cursus {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view header =
    "From: Ann <ann@pc1.ancient-rome.net>\r\n"
    "To: julius,\r\n\tbob@pc2.ancient-rome.net (Bob)\r\n"
    "Subject: julius\r\n";
constexpr std::string_view rewritten_header =
    "From: Ann <ann@ancient-rome.net>\r\n"
    "To: julius@ancient-rome.net,\r\n\tbob@ancient-rome.net (Bob)\r\n"
    "Subject: julius\r\n";

class RewritingSession : public testing::Test {
protected:
    RewritingSession() {
        world.client = "127.0.0.1";
        world.settings.rewrite.masquerade = {{Domain::parse("ancient-rome.net").value()}};
    }
    // The message that was kept of what a client says in one go.
    std::string kept_of(std::string octets) {
        auto stream = world.stream();
        stream->steps.push_back({ClientAct::Sends, std::move(octets), {}});
        stream->piece = [this] { return piece; };
        world.run(std::move(stream));
        if (world.queue.kept.size() != 1) return world.written;
        const auto& text = world.queue.kept.front().text;
        EXPECT_EQ(world.queue.kept.front().envelope.size, text.size());
        return text.substr(text.find("+0000\r\n") + 7);
    }
    std::string kept_by_data(std::string_view message,
                             std::string_view sender = "<ann@pc1.ancient-rome.net>") {
        return kept_of("EHLO pc1\r\nMAIL FROM:" + std::string(sender) +
                       "\r\nRCPT TO:<julius@ancient-rome.net>\r\nDATA\r\n" + std::string(message) +
                       ".\r\nQUIT\r\n");
    }

    SessionWorld world;
    std::size_t piece = std::size_t{1} << 20;  // so much arrives at once
};

class Rewriting : public RewritingSession, public testing::WithParamInterface<std::size_t> {
protected:
    Rewriting() { piece = GetParam(); }
};

TEST_P(Rewriting, changes_a_header_and_never_the_body) {
    const auto body = std::string("\r\n") + std::string(header) + std::string(20'000, 'x') + "\r\n";
    EXPECT_EQ(kept_by_data(std::string(header) + body), std::string(rewritten_header) + body);
}

TEST_P(Rewriting, changes_a_header_without_a_body) {
    EXPECT_EQ(kept_by_data(header), rewritten_header);
}

TEST_P(Rewriting, changes_a_header_that_comes_in_chunks) {
    const auto message = std::string(header) + "\r\ntext\r\n";
    std::string octets = "EHLO pc1\r\nMAIL FROM:<ann@pc1.ancient-rome.net>\r\nRCPT TO:<julius>\r\n";
    for (std::size_t at = 0; at < message.size(); at += 7) {
        const auto chunk = message.substr(at, 7);
        octets += "BDAT " + std::to_string(chunk.size()) + "\r\n" + chunk;
    }
    EXPECT_EQ(kept_of(octets + "BDAT 0 LAST\r\nQUIT\r\n"), std::string(rewritten_header) + "\r\ntext\r\n");
}

TEST_P(Rewriting, leaves_a_stranger_s_message_as_it_is) {
    world.client = "198.51.100.7";
    const auto message = std::string(header) + "\r\ntext\r\n";
    EXPECT_EQ(kept_by_data(message), message);
    EXPECT_EQ(path_text(world.queue.kept.front().envelope.sender), "<ann@pc1.ancient-rome.net>");
    EXPECT_TRUE(world.events.of<Rewritten>().empty());
}

// RFC 5322 §3.6.3. With BDAT a message may end amid a line.
TEST_P(Rewriting, hides_a_blind_copy_that_is_a_submitted_message_s_unended_last_line) {
    world.listener.service = Service::Submission;
    world.listener.auth = true;
    world.settings.auth.clear_on_loopback = true;
    world.put_account("ann@ancient-rome.net", "secret");
    const std::string login = "AUTH PLAIN " + to_base64({"\0ann@ancient-rome.net\0secret", 28}) + "\r\n";
    const std::string message = "To: cato@ancient-rome.net\r\nBcc: cassius@a.example,\r\n brutus@a.example";
    kept_of("EHLO pc1\r\n" + login +
            "MAIL FROM:<ann@ancient-rome.net>\r\nRCPT TO:<brutus@a.example>\r\nBDAT " +
            std::to_string(message.size()) + " LAST\r\n" + message + "QUIT\r\n");
    ASSERT_EQ(world.queue.kept.size(), 1U) << world.written;
    const auto& text = world.queue.kept.front().text;
    EXPECT_THAT(text, EndsWith("\r\nTo: cato@ancient-rome.net\r\n"));
    // Our Received field names the only recipient.
    EXPECT_THAT(text, Not(HasSubstr("cassius")));
}

INSTANTIATE_TEST_SUITE_P(Rewriting, Rewriting, testing::Values(1, 1000, 1 << 20));

TEST_F(RewritingSession, leaves_a_header_without_bounds_as_it_is) {
    std::string message = "From: ann\r\n";
    while (message.size() < header_octets_max) message += "X-Filler: " + std::string(800, 'x') + "\r\n";
    message += "To: julius\r\n\r\ntext\r\n";
    EXPECT_EQ(kept_by_data(message), message);
    const auto troubles = world.events.of<Trouble>();
    ASSERT_EQ(troubles.size(), 1U);
    EXPECT_THAT(troubles.front().what, HasSubstr("stays as it is"));
}

TEST_F(RewritingSession, keeps_a_header_that_waits_for_its_end_within_the_memory_for_messages) {
    std::string message = "From: ann\r\n";
    while (message.size() < 300'000) message += "X-Filler: " + std::string(800, 'x') + "\r\n";
    piece = 4096;
    world.queue.reserved_max = 200'000;
    kept_by_data(message + "\r\ntext\r\n");
    EXPECT_TRUE(world.queue.kept.empty());
    EXPECT_THAT(world.written, HasSubstr("451 4.3.2 Too busy, try again later\r\n221 "));
    EXPECT_EQ(world.queue.open, 0U);
    world.queue.reserved_max = 400'000;
    kept_by_data(message + "\r\ntext\r\n");
    EXPECT_EQ(world.queue.kept.size(), 1U) << world.written;
}

TEST_F(RewritingSession, completes_and_masquerades_the_envelope_and_events_say_so) {
    kept_of(
        "EHLO pc1\r\nMAIL FROM:<ann>\r\nRCPT TO:<julius>\r\nRCPT TO:<bob@pc2.ancient-rome.net>\r\n"
        "DATA\r\nTo: julius\r\n\r\n.\r\nQUIT\r\n");
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const KeptMessage& kept = world.queue.kept.front();
    EXPECT_EQ(path_text(kept.envelope.sender), "<ann@ancient-rome.net>");
    ASSERT_EQ(kept.recipients.size(), 2U);
    EXPECT_EQ(kept.recipients[0].address.text(), "julius@relay.ancient-rome.net");
    EXPECT_EQ(kept.recipients[1].address.text(), "bob@pc2.ancient-rome.net");  // mail must still find it

    std::vector<std::string> told;
    for (const auto& event : world.events.all) {
        const auto* rewritten = std::get_if<Rewritten>(&event.body);
        if (rewritten == nullptr) continue;
        EXPECT_EQ(event.session, SessionId(7));
        EXPECT_EQ(event.message == kept.id, rewritten->field == "To");
        told.push_back(rewritten->field + ": " + rewritten->before + " " + rewritten->after);
    }
    EXPECT_EQ(told, (std::vector<std::string>{"MAIL: <ann> <ann@relay.ancient-rome.net>",
                                              "MAIL: <ann@relay.ancient-rome.net> <ann@ancient-rome.net>",
                                              "RCPT: <julius> <julius@relay.ancient-rome.net>",
                                              "To: julius julius@ancient-rome.net"}));
}

TEST_F(RewritingSession, adds_what_lacks_where_it_is_told_to) {
    world.settings.rewrite.fixups = true;
    const auto text = kept_by_data("From: ann\r\n\r\ntext\r\n");
    const auto& kept = world.queue.kept.front();
    const auto told = world.events.of<Rewritten>();
    ASSERT_EQ(told.size(), 4U);
    const auto& date = told[1];
    const auto& id = told[2];
    EXPECT_EQ(text, "Date: " + date.after + "\r\nMessage-ID: <" + kept.id.text() +
                        "@relay.ancient-rome.net>\r\nFrom: ann@ancient-rome.net\r\n\r\ntext\r\n");
    EXPECT_EQ(date.field + date.before + id.field + id.before, "DateMessage-ID");
}

TEST_F(RewritingSession, adds_nothing_that_is_there) {
    world.settings.rewrite.fixups = true;
    const std::string_view message = "date: yesterday\r\nMessage-Id: <x@y.example>\r\n\r\ntext\r\n";
    EXPECT_EQ(kept_by_data(message), message);
}

TEST_F(RewritingSession, adds_nothing_to_a_stranger_s_message) {
    world.settings.rewrite.fixups = true;
    world.client = "198.51.100.7";
    EXPECT_EQ(kept_by_data("From: ann\r\n\r\n"), "From: ann\r\n\r\n");
}

TEST_F(RewritingSession, keeps_a_null_sender_null) {
    EXPECT_EQ(kept_by_data("To: julius\r\n", "<>"), "To: julius@ancient-rome.net\r\n");
    EXPECT_EQ(path_text(world.queue.kept.front().envelope.sender), "<>");
}

}  // namespace
}  // namespace cursus
