// The scripted client and server, spoken to one another: if these two lie, every scenario does.
#include <gtest/gtest.h>

#include "sim/peers/smtp_sender.h"
#include "sim/peers/smtp_sink.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class Peers : public testing::Test {
protected:
    SmtpSink& sink(SinkBehaviour behaviour = {}) {
        ++endpoint.port;  // each of its own, and the latest is spoken to
        sinks_.push_back(std::make_unique<SmtpSink>(sim.machine("203.0.113.5"), endpoint, "mx.example.org",
                                                    std::move(behaviour), 1, sim.tls()));
        return *sinks_.back();
    }
    SubmissionOutcome send(Submission submission) {
        return sim.run(submit(sim.machine("198.51.100.7"), endpoint, std::move(submission)));
    }
    static Submission message(std::size_t bytes = 2'000) {
        return {.sender = "ann@example.net",
                .recipients = {"bob@example.org"},
                .text = message_text("token-1", "ann@example.net", bytes)};
    }
    static SinkBehaviour trouble(SinkStage stage, SinkAction action, std::string reply = "") {
        return {.troubles = {{stage, action, std::move(reply)}}};
    }

    SimWorld sim{7};
    Endpoint endpoint{IpAddress::v4({203, 0, 113, 5}), 2500};
    std::vector<std::unique_ptr<SmtpSink>> sinks_;
};

TEST_F(Peers, a_message_arrives_as_it_was_sent_however_it_is_sent) {
    auto& server = sink();
    for (const bool use_bdat : {false, true}) {
        for (const bool pipeline : {false, true}) {
            auto submission = message(60'000);
            submission.use_bdat = use_bdat;
            submission.pipeline = pipeline;
            const auto outcome = send(submission);
            EXPECT_EQ(outcome.fate, SentFate::Acknowledged) << outcome.last_reply();
            EXPECT_EQ(outcome.accepted, submission.recipients);
            ASSERT_FALSE(server.messages().empty());
            const auto& got = server.messages().back();
            EXPECT_TRUE(got.text == submission.text);
            EXPECT_EQ(got.sender, "ann@example.net");
            EXPECT_EQ(got.recipients, submission.recipients);
            EXPECT_EQ(got.client.text(), "198.51.100.7");
            EXPECT_EQ(got.answer, SunkMessage::Answer::Confirmed);
        }
    }
    EXPECT_EQ(server.count_for("bob@example.org"), 4U);
}

TEST_F(Peers, a_421_can_be_said_at_every_stage) {
    for (const auto stage : {SinkStage::Greeting, SinkStage::Ehlo, SinkStage::Mail, SinkStage::Rcpt,
                             SinkStage::Data, SinkStage::FinalDot}) {
        auto& server = sink(trouble(stage, SinkAction::Reply, "421 4.3.2 Going down"));
        const auto outcome = send(message());
        EXPECT_EQ(outcome.fate, stage == SinkStage::FinalDot ? SentFate::Deferred : SentFate::NotSent);
        EXPECT_TRUE(server.messages().empty());
    }
}

TEST_F(Peers, a_reset_after_the_final_dot_leaves_the_client_in_the_dark) {
    auto& keeper = sink(trouble(SinkStage::FinalDot, SinkAction::Reset));
    EXPECT_EQ(send(message()).fate, SentFate::Unknown);
    ASSERT_EQ(keeper.messages().size(), 1U);
    EXPECT_EQ(keeper.messages().front().answer, SunkMessage::Answer::None);
    auto& forgetter = sink(trouble(SinkStage::FinalDot, SinkAction::ResetForgetting));
    EXPECT_EQ(send(message()).fate, SentFate::Unknown);
    EXPECT_TRUE(forgetter.messages().empty());
}

TEST_F(Peers, a_reset_within_the_data_means_not_sent) {
    auto& server = sink(trouble(SinkStage::Body, SinkAction::Reset));
    const auto outcome = send(message(600'000));
    EXPECT_EQ(outcome.fate, SentFate::NotSent);
    EXPECT_TRUE(server.messages().empty());
}

TEST_F(Peers, a_silent_server_is_left_after_the_clients_patience) {
    sink(trouble(SinkStage::Mail, SinkAction::Silence));
    const auto start = sim.now();
    EXPECT_EQ(send(message()).fate, SentFate::NotSent);
    EXPECT_GE(sim.now() - start, 10min);
}

TEST_F(Peers, a_dripping_server_is_slow_and_right) {
    auto& server = sink(trouble(SinkStage::FinalDot, SinkAction::Drip));
    const auto start = sim.now();
    EXPECT_EQ(send(message()).fate, SentFate::Acknowledged);
    EXPECT_GE(sim.now() - start, 2min);
    EXPECT_EQ(server.count_for("bob@example.org"), 1U);
}

TEST_F(Peers, a_greylisting_server_takes_it_the_second_time) {
    auto& server = sink({.greylist = 5min});
    EXPECT_EQ(send(message()).fate, SentFate::NotSent);
    sim.run_for(4min);
    EXPECT_EQ(send(message()).fate, SentFate::NotSent);
    sim.run_for(1min);
    EXPECT_EQ(send(message()).fate, SentFate::Acknowledged);
    auto other = message();
    other.sender = "eve@example.net";
    EXPECT_EQ(send(other).fate, SentFate::NotSent);
    EXPECT_EQ(server.count_for("bob@example.org"), 1U);
}

TEST_F(Peers, sizes_and_unknown_recipients_are_refused) {
    auto& server = sink({.unknown = {"nobody@example.org"}, .size_max = 10'000});
    auto submission = message();
    submission.recipients = {"nobody@example.org", "bob@example.org"};
    const auto outcome = send(submission);
    EXPECT_EQ(outcome.fate, SentFate::Acknowledged);
    EXPECT_EQ(outcome.accepted, std::vector<std::string>{"bob@example.org"});
    EXPECT_EQ(server.messages().back().recipients, std::vector<std::string>{"bob@example.org"});
    EXPECT_EQ(send(message(20'000)).fate, SentFate::Refused);
}

TEST_F(Peers, a_host_that_is_down_refuses_or_is_silent_and_comes_back) {
    sink();
    const auto start = sim.now();
    sim.faults().outage(endpoint.address, Outage::Refused, {start, start + 1h});
    sim.faults().outage(endpoint.address, Outage::BlackHole, {start + 1h, start + 2h});
    EXPECT_EQ(send(message()).fate, SentFate::NotSent);
    EXPECT_LT(sim.now() - start, 1s);
    sim.run_for(1h);
    EXPECT_EQ(send(message()).fate, SentFate::NotSent);
    EXPECT_GE(sim.now() - start, 1h + 2min);
    sim.run_for(1h);
    EXPECT_EQ(send(message()).fate, SentFate::Acknowledged);
}

TEST_F(Peers, a_silence_that_ends_only_delays_what_is_on_the_way) {
    auto& server = sink(trouble(SinkStage::Mail, SinkAction::Drip));
    const auto start = sim.now();
    sim.faults().outage(endpoint.address, Outage::BlackHole, {start + 30s, start + 3min});
    EXPECT_EQ(send(message()).fate, SentFate::Acknowledged);
    EXPECT_GE(sim.now() - start, 3min);
    EXPECT_EQ(server.messages().size(), 1U);
}

TEST_F(Peers, a_slow_line_drips_and_a_fuse_breaks_it) {
    auto& server = sink();
    const auto start = sim.now();
    sim.faults().slow(endpoint.address, 100, {start, start + 1h});
    EXPECT_EQ(send(message(5'000)).fate, SentFate::Acknowledged);
    EXPECT_GE(sim.now() - start, 50s);
    sim.faults().clear();
    sim.faults().reset_after(endpoint.address, 3'000);
    EXPECT_EQ(send(message(5'000)).fate, SentFate::Unknown) << "its system had taken every byte";
    EXPECT_EQ(server.messages().size(), 1U);
}

}  // namespace
}  // namespace cursus
