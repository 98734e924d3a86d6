#include "scan/clamd_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

VirusVerdict clamd_says(std::string_view text) {
    const auto parsed = parse_clamd_reply(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(TooBig{"none"});
}

TEST(ClamdReply, says_clean_found_or_too_big) {
    EXPECT_EQ(clamd_says("stream: OK"), VirusVerdict(Clean{}));
    EXPECT_EQ(clamd_says("stream: Eicar-Signature FOUND"), VirusVerdict(VirusFound{"Eicar-Signature"}));
    EXPECT_EQ(clamd_says("stream: A B (0:1) FOUND"), VirusVerdict(VirusFound{"A B (0:1)"}));
    EXPECT_TRUE(std::holds_alternative<TooBig>(clamd_says("INSTREAM size limit exceeded. ERROR")));
}

TEST(ClamdReply, of_any_other_form_is_no_verdict) {
    for (const std::string text :
         {"", "OK", "stream:OK", "stream: ok", "stream: OK ", "stream: OK\n", " stream: OK",
          "stream: ", "stream:  FOUND", "stream: FOUND", "stream: x FOUND\n", "x FOUND", "stream: OKAY",
          "stream: Can't allocate memory ERROR", "COMMAND READ TIMED OUT", "UNKNOWN COMMAND",
          "INSTREAM: Can't write to temporary file. ERROR", "PONG", "220 mx.example ESMTP"}) {
        const auto parsed = parse_clamd_reply(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error(), HasSubstr("it said"));
    }
}

TEST(ClamdReply, lends_us_no_controls_and_no_endless_names) {
    EXPECT_EQ(clamd_says("stream: a\r\nb\x1b[1m\xc3\xa4 FOUND"),
              VirusVerdict(VirusFound{"a??b?[1m?? "s.substr(0, 10)}));
    const auto name = std::get<VirusFound>(clamd_says("stream: " + std::string(900, 'x') + " FOUND")).name;
    EXPECT_EQ(name.size(), virus_name_octets_max);
    const auto error = parse_clamd_reply("a\r\nb ERROR").error();
    EXPECT_EQ(error, "it said \"a??b ERROR\"");
}

TEST(ClamdReply, ends_with_nul_and_not_before) {
    ClamdReplyReader reader;
    for (const std::string piece : {"str", "eam: ", "OK"}) {
        ASSERT_TRUE(reader.take(piece));
        EXPECT_FALSE(reader.is_whole());
        EXPECT_FALSE(reader.end()) << "OK may be the beginning of more";
    }
    ASSERT_TRUE(reader.take("\0 and more"s));
    EXPECT_TRUE(reader.is_whole());
    EXPECT_EQ(reader.text(), "stream: OK");
}

TEST(ClamdReply, has_a_bound) {
    ClamdReplyReader reader;
    ASSERT_TRUE(reader.take(std::string(clamd_reply_octets_max, 'x')));
    EXPECT_FALSE(reader.take("x"));
}

}  // namespace
}  // namespace cursus
