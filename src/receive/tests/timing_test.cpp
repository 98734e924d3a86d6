// FUTURERELEASE, DELIVERBY and MT-PRIORITY in sessions of the submission service.
#include "receive/timing.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mail/base64.h"
#include "mail/replies.h"
#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const WallTime now = std::get<WallTime>(*parse_hold_until("2026-11-26T12:00:00Z"));

MailParameters asking(const std::string& text) {
    const Domain own_name = Domain::parse("own.example").value();
    const auto command = parse_command("MAIL FROM:<ann@a.example> " + text, {own_name});
    EXPECT_TRUE(command) << text;
    return std::get<MailCommand>(*command).parameters;
}

class Timed : public testing::Test {
protected:
    void SetUp() override {
        settings.future_release = 24h;
        settings.deliver_by_min = 1min;
        settings.priority_max = 4;
    }
    std::string refusal(const std::string& text) const {
        const Reply* const reply = refusal_of_timing(asking(text), settings, now);
        return reply == nullptr ? "" : reply->one_line().substr(0, 9);
    }
    Timing granted(const std::string& text) const { return grant_timing(asking(text), settings, now); }

    SubmissionSettings settings;
};

TEST_F(Timed, the_offer_names_the_bounds) {
    EXPECT_THAT(timing_lines(settings, now),
                ElementsAre("FUTURERELEASE 86400 2026-11-27T12:00:00Z", "DELIVERBY 60", "MT-PRIORITY"));
    settings.future_release = 0s;
    EXPECT_THAT(timing_lines(settings, now), ElementsAre("DELIVERBY 60", "MT-PRIORITY"));
    EXPECT_EQ(refusal("HOLDFOR=1"), "555 5.5.4");
}

// RFC 4865 §4.2, 7) to 11).
TEST_F(Timed, a_release_is_granted_as_far_ahead_as_announced) {
    EXPECT_EQ(granted("HOLDFOR=86400").not_before, now + 24h);
    EXPECT_EQ(granted("HOLDFOR=86400").release_request, "for;86400");
    EXPECT_EQ(refusal("HOLDFOR=86400"), "");
    EXPECT_EQ(refusal("HOLDFOR=86401"), "501 5.5.4");
    EXPECT_EQ(granted("HOLDUNTIL=2026-11-27T12:00:00Z").not_before, now + 24h);
    EXPECT_EQ(refusal("HOLDUNTIL=2026-11-27T12:00:00Z"), "");
    EXPECT_EQ(refusal("HOLDUNTIL=2026-11-27T12:00:01Z"), "501 5.5.4");
    EXPECT_EQ(refusal("HOLDUNTIL=9999-12-31T23:59:59Z"), "501 5.5.4");
    EXPECT_EQ(refusal("HOLDUNTIL=0000-01-01T00:00:00Z"), "") << "released at once";
}

// RFC 2852 §3 and §4.
TEST_F(Timed, return_has_a_least_time_and_notify_has_none) {
    EXPECT_EQ(refusal("BY=60;R"), "");
    EXPECT_EQ(refusal("BY=59;R"), "555 5.5.4");
    EXPECT_EQ(refusal("BY=1;N"), "");
    EXPECT_EQ(refusal("BY=-60;N"), "");
    EXPECT_EQ(granted("BY=60;RT").deliver_by, (DeliverBy{now + 60s, ByMode::Return, true}));
    EXPECT_EQ(granted("BY=-60;N").deliver_by, (DeliverBy{now - 60s, ByMode::Notify, false}));
}

// RFC 4865 §5.2.2.
TEST_F(Timed, nothing_is_released_after_it_is_to_be_delivered) {
    EXPECT_EQ(refusal("HOLDFOR=3600 BY=3600;R"), "");
    EXPECT_EQ(refusal("HOLDFOR=3601 BY=3600;R"), "501 5.5.4");
    EXPECT_EQ(refusal("HOLDFOR=3601 BY=3600;N"), "501 5.5.4");
    EXPECT_EQ(refusal("HOLDUNTIL=2026-11-26T13:00:01Z BY=3600;N"), "501 5.5.4");
}

// RFC 6710 §4.1.
TEST_F(Timed, a_priority_is_lowered_to_the_highest_that_is_granted) {
    EXPECT_EQ(granted("MT-PRIORITY=4").priority, 4);
    EXPECT_FALSE(granted("MT-PRIORITY=4").is_lowered);
    EXPECT_EQ(granted("MT-PRIORITY=9").priority, 4);
    EXPECT_TRUE(granted("MT-PRIORITY=9").is_lowered);
    EXPECT_EQ(granted("MT-PRIORITY=-9").priority, -9);
    settings.priority_max = -2;
    EXPECT_TRUE(granted("MT-PRIORITY=0").is_lowered);
    EXPECT_EQ(granted("MT-PRIORITY=0").priority, -2);
    EXPECT_EQ(replies::priority_lowered(-2).one_line(), "250 2.3.6 -2 is the priority given to the message");
}

TEST_F(Timed, a_priority_is_not_lowered_where_none_was_asked_for) {
    settings.priority_max = -2;
    EXPECT_FALSE(granted("").is_lowered);
    EXPECT_EQ(granted("").priority, 0);
    EXPECT_FALSE(granted("BY=60;N").is_lowered);
}

class TimedSession : public testing::Test {
protected:
    void SetUp() override {
        world.listener.service = Service::Submission;
        world.listener.auth = true;
        world.client = "127.0.0.1";
        world.settings.auth.clear_on_loopback = true;
        world.put_account("ann@a.example", "secret");
    }
    void say(const std::string& text) { world.run({{ClientAct::Sends, text, {}}}); }
    std::string message(const std::string& parameters) {
        return fmt::format(
            "EHLO a.example\r\n{}MAIL FROM:<ann@a.example> {}\r\nRCPT TO:<julius@ancient-rome.net>\r\n"
            "BDAT 6 LAST\r\ntext\r\nQUIT\r\n",
            login, parameters);
    }
    const std::string login = "AUTH PLAIN " + to_base64({"\0ann@a.example\0secret", 21}) + "\r\n";
    SessionWorld world;
};

TEST_F(TimedSession, takes_what_was_asked_into_the_envelope) {
    const WallTime began = world.sim.clock().wall_now();
    say(message("HOLDFOR=3600 BY=7200;NT MT-PRIORITY=3"));
    ASSERT_EQ(world.queue.kept.size(), 1U) << world.written;
    const Envelope& envelope = world.queue.kept[0].envelope;
    EXPECT_EQ(envelope.not_before, began + 1h);
    EXPECT_EQ(envelope.release_request, "for;3600");
    EXPECT_EQ(envelope.deliver_by, (DeliverBy{began + 2h, ByMode::Notify, true}));
    EXPECT_EQ(envelope.priority, 3);
    EXPECT_THAT(world.queue.kept[0].text, HasSubstr("PRIORITY 3;\r\n")) << "RFC 6710 §4.1, 2)";
}

TEST_F(TimedSession, says_that_a_priority_was_lowered) {
    say(message("MT-PRIORITY=9"));
    EXPECT_THAT(world.written, HasSubstr("250 2.3.6 4 is the priority given to the message\r\n"));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.queue.kept[0].envelope.priority, 4);
}

TEST_F(TimedSession, lowers_no_priority_where_none_is_offered) {
    world.settings.submission.priority_max = -1;
    world.listener.service = Service::Mx;
    say(message(""));
    EXPECT_THAT(world.written, HasSubstr("250 2.1.0 OK\r\n"));
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_EQ(world.queue.kept[0].envelope.priority, 0);
}

// RFC 2852 §4.1.3: nobody before us had the message when its time passed.
TEST_F(TimedSession, shows_that_the_time_to_deliver_by_passed_while_the_data_came) {
    const auto send_slowly = [this](const std::string& parameters) {
        world.queue.kept.clear();
        world.run({{ClientAct::Sends, message(parameters).substr(0, message(parameters).find("text")), {}},
                   {ClientAct::Pauses, {}, 2min},
                   {ClientAct::Sends, "text\r\nQUIT\r\n", {}}});
    };
    send_slowly("BY=60;N");
    ASSERT_EQ(world.queue.kept.size(), 1U) << world.written;
    const Envelope& late = world.queue.kept[0].envelope;
    EXPECT_LT(late.deliver_by->time, world.sim.clock().wall_now());
    EXPECT_EQ(late.deliver_by->time - late.arrived, 60s);
    send_slowly("BY=-60;N");
    ASSERT_EQ(world.queue.kept.size(), 1U) << world.written;
    const Envelope& told_before = world.queue.kept[0].envelope;
    EXPECT_LT(told_before.deliver_by->time, told_before.arrived);
    const WallTime began = world.sim.clock().wall_now();
    send_slowly("");
    EXPECT_EQ(world.queue.kept.at(0).envelope.arrived, began + 2min) << "when all of it was here";
}

TEST_F(TimedSession, refuses_a_sender_with_a_release_beyond_the_offer) {
    say(message("HOLDFOR=999999999"));
    EXPECT_TRUE(world.queue.kept.empty());
    const auto refused = world.events.of<SenderRefused>();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].rule, "timing");
    EXPECT_EQ(refused[0].reply, replies::release_too_late);
}

TEST_F(TimedSession, offers_nothing_of_it_on_other_services) {
    say(message(""));
    EXPECT_THAT(world.written, HasSubstr("250-FUTURERELEASE "));
    for (const Service service : {Service::Mx, Service::Lmtp}) {
        world.listener.service = service;
        world.written.clear();
        say(service == Service::Lmtp ? "LHLO a.example\r\nMAIL FROM:<ann@a.example> BY=60;N\r\n"
                                     : "EHLO a.example\r\nMAIL FROM:<ann@a.example> BY=60;N\r\n");
        for (const char* keyword : {"FUTURERELEASE", "DELIVERBY", "MT-PRIORITY"})
            EXPECT_THAT(world.written, Not(HasSubstr(keyword)));
        EXPECT_THAT(world.written, HasSubstr("555 5.5.4 "));
    }
}

TEST_F(TimedSession, takes_none_of_it_after_helo) {
    say("EHLO a.example\r\n" + login +
        "HELO a.example\r\nMAIL FROM:<ann@a.example> MT-PRIORITY=1\r\nQUIT\r\n");
    EXPECT_THAT(world.written, HasSubstr("555 5.5.4 "));
}

}  // namespace
}  // namespace cursus
