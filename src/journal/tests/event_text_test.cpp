#include "journal/event_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace cursus {
namespace {

const WallTime at{
    std::chrono::microseconds{1'795'493'572'123'456}};  // 2026-11-24T03:32:52.123456Z, from date -u

MailEvent refused(std::string recipient) {
    return {at,
            SessionId{7},
            {},
            RecipientRefused{std::move(recipient), "relay", Reply{550, Status{5, 7, 1}, "No relaying"}}};
}

TEST(EventText, a_json_line_is_json_with_time_ids_and_fields) {
    const auto line = nlohmann::json::parse(json_line(refused("<a@b.example>")));
    EXPECT_EQ(line["event"], "recipient_refused");
    EXPECT_EQ(line["session"], SessionId{7}.text());
    EXPECT_FALSE(line.contains("message"));
    EXPECT_EQ(line["recipient"], "<a@b.example>");
    EXPECT_EQ(line["rule"], "relay");
    EXPECT_EQ(line["reply"], "550 5.7.1 No relaying");
    EXPECT_TRUE(line["at"].get<std::string>().ends_with(".123456Z")) << line["at"];
}

TEST(EventText, control_bytes_and_bad_utf8_reach_neither_form) {
    const std::string hostile("a\r\n250 OK\x1b[2J\x00\x7f\xff\xc3\xa4\"\\\xc2\x9b", 23);
    for (const auto& line : {json_line(refused(hostile)), human_line(refused(hostile))}) {
        for (const char c : line) {
            EXPECT_FALSE((c >= 0 && c < 0x20) || c == 0x7f) << line;
        }
        EXPECT_FALSE(has_c1_control(line)) << line;
        EXPECT_NE(line.find("\xc3\xa4"), std::string::npos) << "what is well formed stays: " << line;
    }
    const auto parsed = nlohmann::json::parse(json_line(refused(hostile)));
    EXPECT_EQ(parsed["recipient"],
              std::string("a\r\n250 OK\x1b[2J\x00\x7f\xef\xbf\xbd\xc3\xa4\"\\\xc2\x9b", 25));
}

TEST(EventText, lists_and_numbers_keep_their_kind) {
    const MailEvent event{at, SessionId{1}, MessageId{2},
                          Accepted{"<>", {"<a@b.example>", "<c@d.example>"}, 1234, "ESMTP"}};
    const auto line = nlohmann::json::parse(json_line(event));
    EXPECT_EQ(line["recipients"], (std::vector<std::string>{"<a@b.example>", "<c@d.example>"}));
    EXPECT_EQ(line["size"], 1234);
    EXPECT_NE(human_line(event).find(MessageId{2}.text() +
                                     " accepted sender=<> recipients=<a@b.example>,<c@d.example> size=1234"),
              std::string::npos)
        << human_line(event);
}

}  // namespace
}  // namespace cursus
