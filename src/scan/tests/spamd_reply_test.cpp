#include "scan/spamd_reply.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

// As the whole reply says it, in pieces of so many octets, whereupon the server hangs up.
Result<SpamVerdict, std::string> read_reply(std::string_view reply, std::size_t step = 1000) {
    SpamdReplyReader reader;
    while (!reply.empty() && !reader.is_whole()) {
        TRY_VOID(reader.take(reply.substr(0, step)));
        reply.remove_prefix(std::min(step, reply.size()));
    }
    if (!reader.is_whole()) {
        TRY_VOID(reader.end());
    }
    return std::move(reader).verdict();
}
std::string reply_error(std::string_view reply) {
    const auto verdict = read_reply(reply);
    return verdict ? "none" : verdict.error();
}

TEST(SpamdReply, says_verdict_score_and_symbols) {
    const std::string reply =
        "SPAMD/1.1 0 EX_OK\r\nContent-length: 15\r\nSpam: True ; 15.3 / 5.0\r\n\r\nGTUBE,LOCAL_ONE";
    for (const std::size_t step : {1, 2, 3, 7, 1000}) {
        const auto verdict = read_reply(reply, step);
        ASSERT_TRUE(verdict) << verdict.error();
        EXPECT_EQ(verdict->scanner, SpamScanner::Spamd);
        EXPECT_EQ(verdict->action, SpamAction::AddHeader);
        EXPECT_EQ(verdict->action_name, "True");
        EXPECT_DOUBLE_EQ(verdict->score, 15.3);
        EXPECT_THAT(verdict->symbols,
                    ElementsAre(Field(&SpamSymbol::name, "GTUBE"), Field(&SpamSymbol::name, "LOCAL_ONE")));
        EXPECT_TRUE(verdict->omissions.empty());
    }
}

TEST(SpamdReply, says_that_it_is_none) {
    const auto verdict =
        read_reply("SPAMD/1.1 0 EX_OK\r\nContent-length: 2\r\nSpam: False ; -2.1 / 5.0\r\n\r\n\r\n");
    ASSERT_TRUE(verdict) << verdict.error();
    EXPECT_EQ(verdict->action, SpamAction::None);
    EXPECT_DOUBLE_EQ(verdict->score, -2.1);
    EXPECT_TRUE(verdict->symbols.empty());
}

TEST(SpamdReply, may_end_with_the_connection_and_have_fields_we_do_not_know) {
    const auto verdict = read_reply("SPAMD/1.1 0 EX_OK\r\nX-New: y\r\nspam: Yes ; 7 / 5\r\n\r\nA, B\r\n");
    ASSERT_TRUE(verdict) << verdict.error();
    EXPECT_THAT(verdict->symbols, ElementsAre(Field(&SpamSymbol::name, "A"), Field(&SpamSymbol::name, "B")));
}

TEST(SpamdReply, of_an_error_is_trouble_that_says_which) {
    EXPECT_THAT(reply_error("SPAMD/1.1 75 EX_TEMPFAIL\r\n"), HasSubstr("75 EX_TEMPFAIL"));
    EXPECT_THAT(reply_error("SPAMD/1.0 76 Bad header line: x\r\n"), HasSubstr("76 Bad header line"));
    EXPECT_THAT(reply_error("SPAMD/1.0 79 Timeout: 300s\r\n"), HasSubstr("79 Timeout"));
    EXPECT_THAT(reply_error("SPAMD/1.1 74 EX_IOERR\r\nSpam: False ; 0 / 5\r\n\r\n"),
                HasSubstr("74 EX_IOERR"));
}

TEST(SpamdReply, of_any_other_form_is_no_verdict) {
    const std::string ok = "SPAMD/1.1 0 EX_OK\r\n";
    for (const std::string& reply : std::vector<std::string>{
             "",
             ok,
             ok + "\r\n",
             ok + "Spam: False ; 0 / 5\r\n",
             ok + "Spam: Maybe ; 0 / 5\r\n\r\n",
             ok + "Spam: False ; x / 5\r\n\r\n",
             ok + "Spam: False ; 0\r\n\r\n",
             ok + "Spam: False ; nan / 5\r\n\r\n",
             ok + "Spam: False ; inf / 5\r\n\r\n",
             ok + "Spam: False ; 0,5 / 5\r\n\r\n",
             ok + "Spam: False ; 1e999 / 5\r\n\r\n",
             ok + "Spam: False ; 0 / 5 x\r\n\r\n",
             ok + "Spam: False ; 0 / 5\r\nSpam: True ; 9 / 5\r\n\r\n",
             ok + "Content-length: 5\r\nSpam: False ; 0 / 5\r\n\r\nabc",
             ok + "Content-length: -1\r\nSpam: False ; 0 / 5\r\n\r\n",
             ok + "Content-length: 99999999999999999999\r\nSpam: False ; 0 / 5\r\n\r\n",
             ok + "Content-length: 1000000\r\nSpam: False ; 0 / 5\r\n\r\n",
             ok + "Content-length: 0\r\nContent-length: 1\r\nSpam: False ; 0 / 5\r\n\r\nx",
             "HTTP/1.1 200 OK\r\n\r\n",
             "SPAMD/1.1\r\nSpam: False ; 0 / 5\r\n\r\n",
             "SPAMD/1.1 -0 EX_OK\r\nSpam: False ; 0 / 5\r\n\r\n",
             "SPAMD/1.1 00 EX_OK\r\nSpam: False ; 0 / 5\r\n\r\n"}) {
        const auto verdict = read_reply(reply);
        ASSERT_FALSE(verdict) << reply;
        EXPECT_FALSE(verdict.error().empty());
    }
}

TEST(SpamdReply, has_bounds) {
    EXPECT_THAT(reply_error("SPAMD/1.1 0 EX_OK\r\n" + std::string(spamd_head_octets_max, 'x')),
                HasSubstr("does not end"));
    EXPECT_THAT(reply_error("SPAMD/1.1 0 EX_OK\r\nX: " + std::string(spamd_head_octets_max, 'x') +
                            "\r\nSpam: False ; 0 / 5\r\n\r\n"),
                HasSubstr("does not end"));
    EXPECT_THAT(reply_error("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5\r\n\r\n" +
                            std::string(spamd_body_octets_max + 1, 'x')),
                HasSubstr("does not end"));
    std::string many = "SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0 / 5\r\n\r\n";
    for (std::size_t i = 0; i < spam_symbols_max + 7; ++i) many += fmt::format("S{},", i);
    const auto verdict = read_reply(many + std::string(spam_symbol_octets_max + 1, 'x') + ",a\x01z");
    ASSERT_TRUE(verdict) << verdict.error();
    EXPECT_EQ(verdict->symbols.size(), spam_symbols_max);
    EXPECT_THAT(verdict->omissions, ElementsAre("9 of its symbols"));
}

TEST(SpamScore, is_a_finite_number_within_bounds) {
    EXPECT_EQ(parse_spam_score("5.25"), 5.25);
    EXPECT_EQ(parse_spam_score("-0.5"), -0.5);
    EXPECT_EQ(parse_spam_score("1e9"), spam_score_max);
    EXPECT_EQ(parse_spam_score("-1e9"), -spam_score_max);
    for (const char* text : {"", " 1", "1 ", "+1", "0x10", "1,5", "nan", "-inf", "1e400", "five", "1.5.2"})
        EXPECT_EQ(parse_spam_score(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cursus
