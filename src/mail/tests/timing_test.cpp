#include "mail/timing.h"

#include <gtest/gtest.h>

#include "mail/command.h"
#include "mail/replies.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

WallTime at(std::string_view text) {
    return std::get<WallTime>(parse_hold_until(text).value());
}

Result<MailParameters, CommandError> parameters(const std::string& text) {
    const Domain own_name = Domain::parse("own.example").value();
    const auto command = parse_command("MAIL FROM:<ann@a.example> " + text, {own_name});
    if (!command) return failure(command.error().error);
    return std::get<MailCommand>(*command).parameters;
}

TEST(HoldFor, is_a_number_of_seconds) {
    EXPECT_EQ(parse_hold_for("1"), FutureRelease(1s));
    EXPECT_EQ(parse_hold_for("999999999"), FutureRelease(999'999'999s));
    EXPECT_EQ(parse_hold_for("0060"), FutureRelease(60s));
    for (const char* text : {"", "0", "000", "1000000000", "-1", "+1", "1.5", "1s", "0x1", " 1", "1 "})
        EXPECT_FALSE(parse_hold_for(text)) << text;
}

TEST(HoldUntil, is_a_time_of_rfc_3339_in_utc) {
    EXPECT_EQ(utc_text(at("2026-11-26T15:40:54Z")), "2026-11-26T15:40:54Z");
    EXPECT_EQ(utc_text(at("2024-02-29t23:59:59z")), "2024-02-29T23:59:59Z");
    EXPECT_EQ(utc_text(at("2026-12-31T23:59:60Z")), "2027-01-01T00:00:00Z") << "a leap second";
    EXPECT_EQ(utc_text(at("9999-12-31T23:59:59Z")), "9999-12-31T23:59:59Z");
    EXPECT_EQ(at("2026-11-26T15:40:54.000000001Z"), at("2026-11-26T15:40:55Z")) << "never before its time";
    EXPECT_EQ(at("1970-01-01T00:00:00Z"), WallTime{});
    for (const char* text : {"",
                             "2026-11-26",
                             "2026-11-26T15:40Z",
                             "2026-11-26T15:40:54",
                             "2026-11-26T15:40:54+00:00",
                             "2026-11-26T15:40:54-05:00",
                             "2026-11-26 15:40:54Z",
                             "2025-02-29T00:00:00Z",
                             "2026-13-01T00:00:00Z",
                             "2026-00-01T00:00:00Z",
                             "2026-01-32T00:00:00Z",
                             "2026-01-01T24:00:00Z",
                             "2026-01-01T00:60:00Z",
                             "2026-01-01T00:00:61Z",
                             "2026-01-01T00:00:00.Z",
                             "2026-01-01T00:00:00.0000000001Z",
                             "26-01-01T00:00:00Z",
                             "02026-01-01T00:00:00Z",
                             "2026-1-01T00:00:00Z",
                             "2026-01-01T00:00:00ZZ",
                             "-026-01-01T00:00:00Z",
                             "2026-01-01T00:00:00.1x"})
        EXPECT_FALSE(parse_hold_until(text)) << text;
}

TEST(DeliverBy, has_a_time_a_mode_and_perhaps_a_trace) {
    EXPECT_EQ(parse_deliver_by("120;R"), (DeliverWithin{120s, ByMode::Return, false}));
    EXPECT_EQ(parse_deliver_by("+120;nt"), (DeliverWithin{120s, ByMode::Notify, true}));
    EXPECT_EQ(parse_deliver_by("-999999999;N"), (DeliverWithin{-999'999'999s, ByMode::Notify, false}));
    EXPECT_EQ(parse_deliver_by("0;N"), (DeliverWithin{0s, ByMode::Notify, false}));
    for (const char* text : {"", ";", "120", "120;", ";R", "120;X", "120;T", "120;RN", "120;RTT", "120;R;T",
                             "1000000000;N", "--1;N", "+-1;N", "1 ;N", "0;R", "-1;R", "-0;R", "1.5;N"})
        EXPECT_FALSE(parse_deliver_by(text)) << text;
}

TEST(DeliverBy, is_passed_on_as_what_is_left_rounded_down) {
    const WallTime now = at("2026-11-26T15:40:54Z");
    EXPECT_EQ(deliver_by_value({now + 98s, ByMode::Return, false}, now), "98;R");
    EXPECT_EQ(deliver_by_value({now + 98900ms, ByMode::Notify, true}, now), "98;NT");
    EXPECT_EQ(deliver_by_value({now - 1500ms, ByMode::Notify, false}, now), "-2;N");
    EXPECT_EQ(deliver_by_value({at("9999-01-01T00:00:00Z"), ByMode::Notify, false}, now), "999999999;N");
}

TEST(Priority, is_a_digit_and_perhaps_a_minus) {
    for (int priority = -9; priority <= 9; ++priority)
        EXPECT_EQ(parse_priority(std::to_string(priority)), priority);
    for (const char* text : {"", "-", "-0", "+1", "10", "-10", "01", "a", "1 ", "99999999999999999999"})
        EXPECT_FALSE(parse_priority(text)) << text;
}

TEST(TimingParameters, stand_behind_mail) {
    const auto all = parameters("HOLDFOR=60 BY=120;R MT-PRIORITY=-3");
    ASSERT_TRUE(all);
    EXPECT_EQ(all->hold, FutureRelease(60s));
    EXPECT_EQ(all->deliver_by, (DeliverWithin{120s, ByMode::Return, false}));
    EXPECT_EQ(all->priority, -3);
    EXPECT_TRUE(all->asks_for_time());
    EXPECT_TRUE(all->unknown.empty());
    EXPECT_EQ(parameters("holduntil=2026-11-26T15:40:54Z")->hold, FutureRelease(at("2026-11-26T15:40:54Z")));
    EXPECT_FALSE(parameters("SIZE=1")->asks_for_time());
}

// RFC 4865 §4.2, 9) and 10).
TEST(TimingParameters, ask_for_one_release_only) {
    EXPECT_EQ(parameters("HOLDFOR=60 HOLDUNTIL=2026-11-26T15:40:54Z").error(), CommandError::ParameterTwice);
    EXPECT_EQ(parameters("HOLDFOR=60 HOLDFOR=60").error(), CommandError::ParameterTwice);
    EXPECT_EQ(replies::reply_to(CommandFailure{CommandError::ParameterTwice}).one_line().substr(0, 9),
              "501 5.5.4");
}

TEST(TimingParameters, refuse_values_that_they_cannot_have) {
    for (const char* text : {"HOLDFOR", "HOLDFOR=0", "HOLDUNTIL=tomorrow", "BY", "BY=0;R", "BY=60",
                             "MT-PRIORITY", "MT-PRIORITY=10"})
        EXPECT_EQ(parameters(text).error(), CommandError::ParameterValue) << text;
    EXPECT_EQ(replies::reply_to(CommandFailure{CommandError::ParameterValue}).one_line().substr(0, 9),
              "501 5.5.4");
}

TEST(ReleaseRequest, is_told_in_reports_as_it_was_asked) {
    EXPECT_EQ(release_request(FutureRelease(3600s)), "for;3600");
    EXPECT_EQ(release_request(FutureRelease(at("2026-11-26T15:40:54Z"))), "until;2026-11-26T15:40:54Z");
}

}  // namespace
}  // namespace cursus
