// What AUTH and submission leave behind: events, envelopes, headers.
#include <gmock/gmock.h>

#include "mail/base64.h"
#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view hello = "EHLO taurus.cus.cam.ac.uk\r\n";
constexpr std::string_view quit = "QUIT\r\n";

class AuthSession : public testing::Test {
protected:
    AuthSession() {
        world.listener.tls = ListenerTls::Implicit;
        world.listener.service = Service::Submission;
        world.listener.auth = true;
        world.put_account("julius@ancient-rome.net", "alea");
    }
    static std::string plain(const std::string& account, const std::string& password) {
        return "AUTH PLAIN " + to_base64('\0' + account + '\0' + password) + "\r\n";
    }
    void run(const std::vector<std::string>& words) {
        std::vector<ClientStep> steps{{ClientAct::StartsTls, {}, {}}};
        for (const auto& each : words) steps.push_back({ClientAct::Sends, each, {}});
        world.run(std::move(steps));
    }
    void submit(const std::string& message) {
        run({std::string(hello), plain("julius@ancient-rome.net", "alea"),
             "MAIL FROM:<julius@ancient-rome.net>\r\n", "RCPT TO:<a@b.example>\r\n", "DATA\r\n",
             message + ".\r\n", std::string(quit)});
    }

    SessionWorld world;
};

TEST_F(AuthSession, leaves_the_account_in_envelope_and_trace) {
    submit("From: julius@ancient-rome.net\r\n\r\ntext\r\n");
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const auto& kept = world.queue.kept[0];
    EXPECT_EQ(kept.envelope.account, "julius@ancient-rome.net");
    EXPECT_EQ(kept.envelope.client.authenticated, "julius@ancient-rome.net");
    EXPECT_EQ(kept.envelope.service, "submission");
    EXPECT_THAT(kept.text, HasSubstr(" with ESMTPSA "));
    // RFC 3848 says that the client has logged in; as whom is nobody else's business.
    EXPECT_THAT(kept.text.substr(0, kept.text.find("From:")), Not(HasSubstr("julius")));
    ASSERT_EQ(world.events.of<Authenticated>().size(), 1U);
    EXPECT_EQ(world.events.of<Authenticated>()[0].mechanism, "PLAIN");
    EXPECT_EQ(world.events.of<Authenticated>()[0].account, "julius@ancient-rome.net");
}

class AllInItaly final : public Countries {
public:
    std::optional<Country> of(const IpAddress&) const override { return Country{{'I', 'T'}}; }
};

TEST_F(AuthSession, is_held_when_the_account_has_come_from_too_many_countries) {
    world.countries = std::make_unique<AllInItaly>();
    world.settings.auth.countries_per_day = 1;
    world.limits.emplace(world.settings.auth, [] {});
    world.limits->came_from("julius@ancient-rome.net", Country{{'G', 'R'}}, world.sim.now(), {});
    submit("From: julius@ancient-rome.net\r\n\r\ntext\r\n");
    EXPECT_TRUE(world.queue.kept.empty());
    EXPECT_THAT(world.written, HasSubstr("235 2.7.0"));
    EXPECT_THAT(world.written, HasSubstr("450 4.7.1"));
    EXPECT_EQ(world.events.of<Authenticated>().at(0).country, "IT");
    EXPECT_EQ(world.events.of<AccountHeld>().at(0).why, "logged in from 2 countries within a day: GR, IT");
}

// RFC 6409 §8, RFC 5322 §3.6.3.
TEST_F(AuthSession, completes_what_a_mail_program_left_out_and_hides_blind_copies) {
    submit(
        "From: Julius <julius@ancient-rome.net>\r\nBcc: brutus@ancient-rome.net\r\nTo: cato\r\n\r\ntext\r\n");
    ASSERT_EQ(world.queue.kept.size(), 1U);
    const auto& text = world.queue.kept[0].text;
    EXPECT_THAT(text, HasSubstr("\r\nDate: "));
    EXPECT_THAT(text, HasSubstr("\r\nMessage-ID: <"));
    EXPECT_THAT(text, HasSubstr("\r\nTo: cato@relay.ancient-rome.net\r\n"));
    EXPECT_THAT(text, Not(HasSubstr("brutus")));
}

TEST_F(AuthSession, on_the_port_of_hosts_leaves_blind_copies_and_missing_fields_as_they_are) {
    world.listener.service = Service::Mx;
    submit("From: Julius <julius@ancient-rome.net>\r\nBcc: brutus@ancient-rome.net\r\n\r\ntext\r\n");
    ASSERT_EQ(world.queue.kept.size(), 1U);
    EXPECT_THAT(world.queue.kept[0].text, HasSubstr("\r\nBcc: brutus"));
    EXPECT_THAT(world.queue.kept[0].text, Not(HasSubstr("\r\nDate: ")));
}

TEST_F(AuthSession, refuses_a_header_in_which_blind_copies_might_stay) {
    submit("X: " + std::string(900, 'x') + "\r\n" + [] {
        std::string fields;
        for (int i = 0; i < 600; ++i) fields += "X: " + std::string(900, 'x') + "\r\n";
        return fields;
    }() + "Bcc: brutus@ancient-rome.net\r\n\r\n");
    EXPECT_TRUE(world.queue.kept.empty());
    EXPECT_THAT(world.written, HasSubstr("552 5.3.4 Message header too big\r\n"));
}

TEST_F(AuthSession, tells_failures_with_the_name_that_was_claimed_and_without_the_password) {
    run({std::string(hello), plain("julius@ancient-rome.net", "jacta"), plain("jul\nius", "jacta"),
         "AUTH PLAIN\r\n", "*\r\n", std::string(quit)});
    const auto failures = world.events.of<AuthenticationFailed>();
    ASSERT_EQ(failures.size(), 3U);
    EXPECT_EQ(failures[0].account, "julius@ancient-rome.net");
    EXPECT_EQ(failures[0].mechanism, "PLAIN");
    EXPECT_EQ(failures[0].reply.code(), 535);
    EXPECT_EQ(failures[1].account, "?");
    EXPECT_EQ(failures[2].why, "the client has cancelled");
    for (const auto& event : world.events.of<CommandRefused>())
        EXPECT_THAT(event.command, Not(HasSubstr("amFjdGE")));
}

TEST_F(AuthSession, keeps_a_password_that_comes_too_early_out_of_events) {
    run({std::string(hello), "AUTH LOGIN AAA\r\n" + to_base64("secret") + "\r\n" + std::string(quit)});
    const auto refused = world.events.of<CommandRefused>();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].command, "(a line behind AUTH)");
}

TEST_F(AuthSession, makes_a_client_wait_after_a_failure) {
    const Instant before = world.sim.now();
    run({std::string(hello), plain("julius@ancient-rome.net", "jacta"), plain("nobody", "jacta"),
         std::string(quit)});
    EXPECT_EQ(world.sim.now() - before, std::chrono::seconds{3});
}

TEST_F(AuthSession, tells_once_that_a_client_is_blocked) {
    world.settings.auth.failures_per_client = 2;
    for (int i = 0; i < 2; ++i)
        run({std::string(hello), plain("julius@ancient-rome.net", "jacta"), plain("ann", "jacta"),
             std::string(quit)});
    ASSERT_EQ(world.events.of<LoginBlocked>().size(), 1U);
    EXPECT_EQ(world.events.of<LoginBlocked>()[0].what, world.client);
}

// Else a guesser would learn by the block itself when the guess was right.
TEST_F(AuthSession, of_a_blocked_account_looks_alike_whether_the_guess_is_right_or_not) {
    world.settings.auth.failures_per_account = 1;
    world.guard.emplace(world.settings.auth);
    world.guard->failed("julius@ancient-rome.net", IpAddress::parse("198.51.100.99").value(), world.sim.now(),
                        {});
    std::vector<std::pair<std::string, Duration>> seen;
    for (const char* password : {"jacta", "alea"}) {
        world.client = seen.empty() ? "198.51.100.8" : "198.51.100.9";
        world.written.clear();
        const Instant before = world.sim.now();
        run({std::string(hello), plain("julius@ancient-rome.net", password), std::string(quit)});
        seen.emplace_back(world.written, world.sim.now() - before);
    }
    EXPECT_THAT(seen[0].first, HasSubstr("454 4.7.0"));
    EXPECT_EQ(seen[0].second, seen[1].second);
    EXPECT_EQ(seen[0].first.substr(seen[0].first.find("454")),
              seen[1].first.substr(seen[1].first.find("454")));
}

// An authenticator whose one step is as told.
class OneStep final : public Authenticator {
public:
    explicit OneStep(SaslStep step) : step_(std::move(step)) {}
    std::vector<Mechanism> offered(const LoginScene&) const override { return {Mechanism::OauthBearer}; }
    std::unique_ptr<SaslExchange> begin(Mechanism, LoginScene) override {
        return std::make_unique<Exchange>(step_);
    }

private:
    class Exchange final : public SaslExchange {
    public:
        explicit Exchange(SaslStep step) : step_(std::move(step)) {}
        Task<SaslStep> step(std::string) override { co_return step_; }

    private:
        SaslStep step_;
    };
    SaslStep step_;
};

// RFC 7628 §3.2.3: the client hears why in a challenge. Whatever it does then, the attempt has failed and
// counts.
TEST_F(AuthSession, of_a_token_that_is_no_good_counts_however_it_ends) {
    const SaslChallenge told{"why", SaslFailure{SaslRefusal::Wrong, "julius", "a token that has expired"}};
    const std::string auth = "AUTH OAUTHBEARER " + to_base64("a token") + "\r\n";
    for (const char* answer : {"AQ==\r\n", "*\r\n", "no base64!\r\n", ""}) {
        world.authenticator = std::make_unique<OneStep>(told);
        world.events.all.clear();
        world.guard.reset();
        std::vector<ClientStep> steps{{ClientAct::StartsTls, {}, {}},
                                      {ClientAct::Sends, std::string(hello), {}}};
        steps.push_back({ClientAct::Sends, auth + answer, {}});
        world.run(std::move(steps));
        const auto failures = world.events.of<AuthenticationFailed>();
        ASSERT_EQ(failures.size(), 1U) << answer;
        EXPECT_EQ(failures[0].why, "a token that has expired");
        EXPECT_EQ(failures[0].account, "julius");
        EXPECT_EQ(world.guard->failed("", IpAddress::parse(world.client).value(), world.sim.now(), {}).delay,
                  std::chrono::seconds{2})
            << "it is the client's second";
    }
}

TEST_F(AuthSession, forgets_who_logged_in_with_the_session) {
    submit("\r\n");
    run({std::string(hello), "MAIL FROM:<julius@ancient-rome.net>\r\n", std::string(quit)});
    EXPECT_THAT(world.written, HasSubstr("530 5.7.0 Authentication required\r\n"));
}

TEST_F(AuthSession, gives_a_relay_host_no_right_to_submit) {
    world.settings.relay.hosts = {IpNetwork::parse(world.client).value()};
    run({std::string(hello), "MAIL FROM:<julius@ancient-rome.net>\r\n", std::string(quit)});
    EXPECT_THAT(world.written, HasSubstr("530 5.7.0 Authentication required\r\n"));
}

TEST_F(AuthSession, of_scram_ends_with_the_servers_proof) {
    Gsasl* library = nullptr;
    ASSERT_EQ(gsasl_init(&library), GSASL_OK);
    Gsasl_session* client = nullptr;
    ASSERT_EQ(gsasl_client_start(library, "SCRAM-SHA-256", &client), GSASL_OK);
    gsasl_property_set(client, GSASL_AUTHID, "julius@ancient-rome.net");
    gsasl_property_set(client, GSASL_PASSWORD, "alea");
    auto stream = world.stream();
    const auto answer = [client](const std::string& challenge) {
        char* octets = nullptr;
        EXPECT_GE(1, gsasl_step64(client, challenge.c_str(), &octets));
        std::string text(octets == nullptr ? "" : octets);
        gsasl_free(octets);
        return text;
    };
    stream->steps = {{ClientAct::StartsTls, {}, {}},
                     {ClientAct::Sends, std::string(hello), {}},
                     {ClientAct::Sends, "AUTH SCRAM-SHA-256 " + answer("") + "\r\n", {}},
                     {ClientAct::Sends, "(first answer)", {}},
                     {ClientAct::Sends, "(last answer)", {}},
                     {ClientAct::Sends, std::string(quit), {}}};
    ScriptedStream& script = *stream;
    stream->on_step = [&] {
        if (script.steps.empty() || !script.steps.front().bytes.starts_with('(')) return;
        const auto last = world.written.rfind("334 ");
        std::string challenge = world.written.substr(last + 4);
        challenge.erase(challenge.find("\r\n"));
        script.steps.front().bytes = answer(challenge) + "\r\n";
    };
    world.run(std::move(stream));
    EXPECT_THAT(world.written, HasSubstr("235 2.7.0 Authenticated\r\n"));
    gsasl_finish(client);
    gsasl_done(library);
}

}  // namespace
}  // namespace cursus
