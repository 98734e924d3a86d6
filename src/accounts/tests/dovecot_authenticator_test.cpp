// Dovecot as it is and as it should not be, played by the test.
#include "accounts/dovecot_authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task_group.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr const char* dovecot_greeting = "VERSION\t1\t2\nMECH\tPLAIN\nMECH\tSCRAM-SHA-256\nDONE\n";
constexpr const char* auth_socket = "/run/auth-client";

// Greets everyone, then says the next of its lines to each line it hears, and hangs up after the last.
Task<void> serve(std::unique_ptr<Stream> stream, Clock& clock, std::string first,
                 std::vector<std::string> answers, std::string& heard) {
    const auto greeted = co_await stream->write(first, clock.now() + 1min);
    std::array<char, 4096> buffer;
    std::size_t lines_due = 3;  // VERSION, CPID, AUTH
    for (std::size_t next = 0; greeted && next < answers.size();) {
        const auto got = co_await stream->read_some(buffer, clock.now() + 10min);
        if (!got) co_return;
        heard.append(buffer.data(), *got);
        if (static_cast<std::size_t>(std::ranges::count(heard, '\n')) < lines_due) continue;
        ++lines_due;
        const auto written = co_await stream->write(answers[next++], clock.now() + 1min);
        if (!written) co_return;
    }
}

class DovecotTest : public testing::Test {
protected:
    void SetUp() override {
        settings_.users = {AccountStore::Dovecot, auth_socket};
        scene_.client = *Endpoint::parse("192.0.2.9:40000");
        scene_.tls.emplace();
    }
    // One Dovecot, of one connection.
    void play(std::string first, std::vector<std::string> answers) {
        auto listener = sim_.network().listen_local(auth_socket, 0666);
        ASSERT_TRUE(listener);
        listener_ = *std::move(listener);
        group_.spawn(accept(*this, std::move(first), std::move(answers)));
    }
    static Task<void> accept(DovecotTest& test, std::string first, std::vector<std::string> answers) {
        auto stream = co_await test.listener_->accept();
        test.listener_.reset();
        if (stream)
            co_await serve(*std::move(stream), test.sim_.clock(), std::move(first), std::move(answers),
                           test.heard_);
    }
    SaslStep step(SaslExchange& exchange, std::string response) {
        return sim_.run(exchange.step(std::move(response)));
    }
    SaslStep try_plain(std::string response = "x") {
        const auto exchange = dovecot_.begin(Mechanism::Plain, scene_);
        SaslStep answer = step(*exchange, std::move(response));
        return answer;
    }
    void expect_unavailable(const SaslStep& answer, const std::string& why) {
        const auto* failure = std::get_if<SaslFailure>(&answer);
        ASSERT_NE(failure, nullptr);
        EXPECT_EQ(failure->refusal, SaslRefusal::Unavailable);
        EXPECT_THAT(failure->why, testing::HasSubstr(why));
    }
    void TearDown() override {
        if (listener_) listener_->cancel();
        sim_.run(group_.join());
    }

    SimWorld sim_{1, {.reactors = 3}};
    AuthSettings settings_;
    LoginScene scene_;
    DovecotAuthenticator dovecot_{sim_.world(), settings_};
    TaskGroup group_{sim_.executor()};
    std::unique_ptr<Listener> listener_;
    std::string heard_;
};

TEST_F(DovecotTest, passes_an_exchange_through) {
    play(dovecot_greeting, {"CONT\t1\tYQ==\n", "OK\t1\tuser=ann\tresp=Yg==\n"});
    const auto exchange = dovecot_.begin(Mechanism::ScramSha256, scene_);
    EXPECT_EQ(std::get<SaslChallenge>(step(*exchange, "first")).octets, "a");
    const auto success = std::get<SaslSuccess>(step(*exchange, "second"));
    EXPECT_EQ(success.account, "ann");
    EXPECT_EQ(success.last_word, "b");
    EXPECT_THAT(
        heard_,
        testing::MatchesRegex(
            "VERSION\t1\t1\nCPID\t[0-9]+\nAUTH\t1\tSCRAM-SHA-256\tservice=smtp\tsecured\trip=192.0.2.9\t"
            "rport=40000\tnologin\tresp=Zmlyc3Q=\nCONT\t1\tc2Vjb25k\n"));
}

TEST_F(DovecotTest, says_who_was_refused) {
    play(dovecot_greeting, {"FAIL\t1\tuser=ann\tuser_disabled\n"});
    const auto failure = std::get<SaslFailure>(try_plain());
    EXPECT_EQ(failure.refusal, SaslRefusal::Wrong);
    EXPECT_EQ(failure.account, "ann");
    EXPECT_EQ(failure.why, "Dovecot refuses, user_disabled");
}

TEST_F(DovecotTest, is_unavailable_whatever_goes_wrong_with_it) {
    expect_unavailable(try_plain(), "Dovecot: ");
    play("", {});
    expect_unavailable(try_plain(), auth_socket);
    play("VERSION\t2\t0\n", {});
    expect_unavailable(try_plain(), "another version");
    play(std::string(100'000, 'x'), {""});
    expect_unavailable(try_plain(), "line does not end");
    play(dovecot_greeting, {"CONT\t1"});
    expect_unavailable(try_plain(), "Dovecot: ");
    play(dovecot_greeting, {"OK\t7\tuser=ann\n"});
    expect_unavailable(try_plain(), "no answer");
}

TEST_F(DovecotTest, is_waited_for_with_a_limit) {
    play("VERSION\t1\t1\n", {""});
    Instant before = sim_.now();
    expect_unavailable(try_plain(), auth_socket);
    EXPECT_EQ(sim_.now() - before, dovecot_greeting_time_max);
    play(dovecot_greeting, {"", ""});
    before = sim_.now();
    expect_unavailable(try_plain(), "Dovecot: ");
    EXPECT_LT(sim_.now() - before, dovecot_answer_time_max + dovecot_greeting_time_max);
}

TEST_F(DovecotTest, is_not_asked_what_it_would_not_take) {
    const auto failure = std::get<SaslFailure>(try_plain(std::string(sasl_octets_max, 'x')));
    EXPECT_EQ(failure.refusal, SaslRefusal::Malformed);
}

TEST_F(DovecotTest, offers_what_it_has_announced_and_the_scene_allows) {
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::Plain)) << "not heard yet";
    play(dovecot_greeting, {""});
    sim_.run(dovecot_.refresh());
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::ScramSha256, Mechanism::Plain));
    LoginScene clear = scene_;
    clear.tls.reset();
    EXPECT_THAT(dovecot_.offered(clear), ElementsAre(Mechanism::ScramSha256));
    settings_.mechanisms = {Mechanism::Plain, Mechanism::Login};
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::Plain));
}

TEST_F(DovecotTest, is_looked_at_again_now_and_then_and_not_by_everyone) {
    sim_.run(dovecot_.refresh());  // nobody is there
    play("VERSION\t1\t1\nMECH\tLOGIN\nDONE\n", {""});
    sim_.run(dovecot_.refresh());
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::Plain)) << "too soon";
    sim_.run_for(dovecot_retry_interval);
    sim_.run(dovecot_.refresh());
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::Login));
    sim_.run_for(dovecot_look_interval);
    play(dovecot_greeting, {"OK\t1\tuser=ann\n"});
    EXPECT_TRUE(std::holds_alternative<SaslSuccess>(try_plain()));
    EXPECT_THAT(dovecot_.offered(scene_), ElementsAre(Mechanism::ScramSha256, Mechanism::Plain))
        << "an exchange hears the greeting too";
}

TEST_F(DovecotTest, lives_on_the_reactor_of_the_session) {
    play(dovecot_greeting, {"OK\t1\tuser=ann\n"});
    const auto exchange = dovecot_.begin(Mechanism::Plain, scene_);
    std::optional<SaslStep> answer;
    TaskGroup elsewhere(sim_.reactor(2).executor());
    elsewhere.spawn([](SaslExchange& asked, std::optional<SaslStep>& said) -> Task<void> {
        SaslStep step = co_await asked.step("x");
        said.emplace(std::move(step));
    }(*exchange, answer));
    EXPECT_TRUE(sim_.run_until([&] { return answer.has_value(); }));
    EXPECT_TRUE(std::holds_alternative<SaslSuccess>(*answer));
    sim_.run(elsewhere.join());
}

}  // namespace
}  // namespace cursus
