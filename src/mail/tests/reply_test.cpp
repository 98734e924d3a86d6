#include "mail/reply.h"

#include <gtest/gtest.h>

#include "mail/base64.h"
#include "mail/replies.h"

namespace cursus {
namespace {

TEST(Status, reads_three_numbers_and_nothing_else) {
    EXPECT_EQ(Status::parse("5.1.1"), (Status{5, 1, 1}));
    EXPECT_EQ(Status::parse("2.999.0")->text(), "2.999.0");
    for (const char* text :
         {"", "5", "5.1", "5.1.", "5.1.1.", "5.1.1 ", "3.1.1", "1.1.1", "55.1.1", "5.1000.1", "5.1.1000",
          "5.01.1", "5..1", "5.a.1", "5.1.a", "5.-1.1", "5.1.1x"}) {
        EXPECT_FALSE(Status::parse(text)) << text;
    }
}

TEST(Reply, is_one_line_on_the_wire_or_several) {
    EXPECT_EQ(Reply(250, Status{2, 1, 0}, "OK").wire(), "250 2.1.0 OK\r\n");
    EXPECT_EQ(Reply(250, {"a", "b", "c"}).wire(), "250-a\r\n250-b\r\n250 c\r\n");
    EXPECT_EQ(Reply(550, Status{5, 1, 1}, {"a", "b"}).wire(), "550-5.1.1 a\r\n550 5.1.1 b\r\n");
    EXPECT_EQ(Reply(250, std::vector<std::string>{}).wire(), "250 \r\n");
    EXPECT_EQ(Reply(550, Status{5, 1, 1}, {"a", "b"}).one_line(), "550 5.1.1 a b");
    EXPECT_EQ(Reply(354, {"go"}).one_line(), "354 go");
    EXPECT_EQ(Reply(354, {""}).one_line(), "354");
}

TEST(Reply, never_holds_a_control_byte) {
    const Reply reply(550, Status{5, 0, 0}, std::string("a\r\n250 ok\0\x1b\x7f\t", 13));
    EXPECT_EQ(reply.wire(), "550 5.0.0 a??250 ok????\r\n");
}

TEST(Reply, is_folded_where_a_line_would_be_too_long) {
    std::string words;
    for (int i = 0; i < 300; ++i) words += "word ";
    words += "end";
    const auto wire = Reply(550, Status{5, 0, 0}, words).wire();
    std::string rest = wire, together;
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        ASSERT_LE(end + 2, 512U);
        EXPECT_TRUE(rest.starts_with("550-5.0.0 ") || rest.starts_with("550 5.0.0 "));
        together += rest.substr(10, end - 10) + ' ';
        rest.erase(0, end + 2);
    }
    EXPECT_EQ(together, words + ' ');
    std::string umlauts = "x";
    for (int i = 0; i < 600; ++i) umlauts += "ü";
    const auto folded = Reply(550, {umlauts}).wire();
    EXPECT_EQ(folded.substr(folded.find("\r\n") - 2, 2), "ü");
}

// RFC 4954 §4.
TEST(Replies, challenge_in_one_line_however_long) {
    EXPECT_EQ(replies::auth_challenge("").wire(), "334 \r\n");
    const std::string octets(3'000, 'x');
    EXPECT_EQ(replies::auth_challenge(octets).wire(), "334 " + to_base64(octets) + "\r\n");
}

TEST(Replies, agree_with_their_status_and_say_who_speaks) {
    EXPECT_EQ(replies::sender_ok.one_line(), "250 2.1.0 OK");
    EXPECT_EQ(replies::recipient_ok.one_line(), "250 2.1.5 Accepted");
    EXPECT_EQ(replies::start_data.one_line(), "354 Enter message, ending with \".\"");
    EXPECT_EQ(replies::queued(MessageId(31)).one_line(), "250 2.0.0 OK id=000000000000z");
    EXPECT_EQ(replies::closing("mx.example").one_line(), "221 2.0.0 mx.example closing connection");
    EXPECT_EQ(replies::greeting("mx.example", Dialect::Smtp).one_line(), "220 mx.example ESMTP Cursus");
    EXPECT_EQ(replies::greeting("mx.example", Dialect::Lmtp).one_line(), "220 mx.example LMTP Cursus");
    EXPECT_EQ(replies::too_many_recipients.one_line(), "452 4.5.3 Too many recipients");
}

TEST(Replies, tell_a_bad_sender_from_a_bad_recipient) {
    const auto sender =
        replies::reply_to(CommandFailure{CommandError::SenderAddress, AddressError::BadDomain});
    const auto recipient =
        replies::reply_to(CommandFailure{CommandError::RecipientAddress, AddressError::BadDomain});
    EXPECT_EQ(sender.status(), (Status{5, 1, 7}));
    EXPECT_EQ(recipient.status(), (Status{5, 1, 3}));
}

TEST(Replies, answer_every_failure_with_a_5yz) {
    for (int error = 0; error <= static_cast<int>(CommandError::AuthSyntax); ++error) {
        EXPECT_TRUE(replies::reply_to(CommandFailure{static_cast<CommandError>(error)}).is_permanent());
    }
    for (int error = 0; error <= static_cast<int>(LineViolation::TooLong); ++error) {
        EXPECT_TRUE(replies::reply_to(static_cast<LineViolation>(error)).is_permanent());
    }
    for (int error = 0; error <= static_cast<int>(DataViolation::TooManyChunks); ++error) {
        EXPECT_TRUE(replies::reply_to(static_cast<DataViolation>(error)).is_permanent());
    }
}

}  // namespace
}  // namespace cursus
