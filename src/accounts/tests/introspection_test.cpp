#include "accounts/introspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task_group.h"
#include "sim/peers/http_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Asking : public testing::Test {
protected:
    Asking() {
        sim.dns().address("login.example", {"203.0.113.8"});
        sim.tls().put_certificate("/login.pem", {"login.example", "/roots.pem"});
        host = std::make_unique<HttpHost>(sim.machine("203.0.113.8"),
                                          Endpoint{*IpAddress::parse("203.0.113.8"), 443}, sim.tls(),
                                          "/login.pem");
        settings.introspection = "https://login.example/introspect";
        settings.client_id = "mail server";
        settings.client_secret_file = "/secret";
        settings.trusted_roots = "/roots.pem";
        settings.account = "username";
        put("/secret", "s:cret\n");
    }
    void put(const std::string& path, std::string_view text) {
        auto file = sim.files().open(path, OpenMode::CreateNew, 0600).value();
        (void)file->write_at(0, std::span(&text, 1));
    }
    void start() {
        auto made = Introspection::make(sim.world(), settings);
        ASSERT_TRUE(made) << made.error();
        checker = *std::move(made);
    }
    void answers(const std::string& body) { host->answer = HttpHost::ok(body); }
    // The account, "no" or "trouble".
    std::string check(std::string token = "abc.def") {
        if (!checker) start();
        auto checked = sim.run(checker->check(std::move(token)));
        if (!checked) return "trouble";
        return checked->has_value() ? **checked : "no";
    }
    std::string expiring(Duration in) {
        const auto at =
            std::chrono::duration_cast<std::chrono::seconds>((sim.wall_now() + in).time_since_epoch());
        return R"({"active":true,"username":"ann","exp":)" + std::to_string(at.count()) + "}";
    }

    SimWorld sim;
    OauthSettings settings;
    std::unique_ptr<HttpHost> host;
    std::unique_ptr<Introspection> checker;
};

TEST_F(Asking, sends_the_token_and_who_asks) {
    answers(R"({"active":true,"username":"ann"})");
    EXPECT_EQ(check("a+b/c="), "ann");
    ASSERT_EQ(host->requests().size(), 1U);
    const std::string& request = host->requests()[0];
    EXPECT_THAT(request, testing::StartsWith("POST /introspect HTTP/1.1\r\nHost: login.example\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Basic bWFpbCUyMHNlcnZlcjpzJTNBY3JldA==\r\n"))
        << "RFC 6749 §2.3.1";
    EXPECT_THAT(request, HasSubstr("\r\n\r\ntoken=a%2Bb%2Fc%3D&token_type_hint=access_token"));
}

TEST_F(Asking, believes_what_is_active_and_fits) {
    settings.issuer = "https://login.example";
    settings.scope = "smtp";
    const std::string rest = R"(,"username":"ann","iss":"https://login.example","scope":"smtp imap"})";
    const std::vector<std::pair<std::string, std::string>> table = {
        {R"({"active":true)" + rest, "ann"},
        {R"({"active":false)" + rest, "no"},
        {R"({"active":false})", "no"},
        {R"({"active":true,"exp":1)" + rest, "no"},
        {R"({"active":true,"nbf":99999999999)" + rest, "no"},
        {R"({"active":true,"username":"ann","scope":"smtp"})", "no"},
        {R"({"active":true,"username":"ann","iss":"https://login.example","scope":"imap"})", "no"},
        {R"({"active":true,"iss":"https://login.example","scope":"smtp"})", "no"},
        {R"({"active":"true")" + rest, "trouble"},
        {R"({"active":1)" + rest, "trouble"},
        {R"({"error":"x")" + rest, "trouble"},
        {"", "trouble"},
        {"[]", "trouble"},
        {"<html>", "trouble"},
        {R"({"active":true,"a":)" + std::string(10'000, '['), "trouble"},
    };
    int number = 0;
    for (const auto& [body, expected] : table) {
        answers(body);
        EXPECT_EQ(check("token" + std::to_string(number++)), expected) << body.substr(0, 100);
    }
}

// Invariant 4: never "wrong" when nobody could tell.
TEST_F(Asking, has_no_opinion_when_nobody_answers) {
    for (const char* status : {"301 Moved", "302 Found", "400 Bad Request", "401 Unauthorized",
                               "403 Forbidden", "429 Slow", "500 Oh", "503 Busy", "204 No Content"}) {
        host->answer = std::string("HTTP/1.1 ") + status + "\r\nContent-Length: 0\r\n\r\n";
        EXPECT_EQ(check(), "trouble") << status;
    }
    host->manners = HttpManners::Silent;
    EXPECT_EQ(check(), "trouble");
    sim.dns().address("login.example", {"203.0.113.9"});
    EXPECT_EQ(check(), "trouble");
}

TEST_F(Asking, believes_an_answer_for_a_minute_and_never_beyond_its_end) {
    answers(expiring(1h));
    EXPECT_EQ(check(), "ann");
    answers(R"({"active":false})");
    sim.run_for(59s);
    EXPECT_EQ(check(), "ann");
    EXPECT_EQ(host->requests().size(), 1U);
    sim.run_for(2s);
    EXPECT_EQ(check(), "no");
    answers(expiring(10s));
    EXPECT_EQ(check("other"), "ann");
    sim.run_for(11s);
    answers(R"({"active":false})");
    EXPECT_EQ(check("other"), "no");
}

TEST_F(Asking, keeps_no_refusal) {
    answers(R"({"active":false})");
    EXPECT_EQ(check(), "no");
    answers(expiring(1h));
    EXPECT_EQ(check(), "ann") << "it was not active yet";
}

TEST_F(Asking, does_not_ask_about_what_is_no_token) {
    answers(R"({"active":true,"username":"ann"})");
    for (const std::string& token :
         {std::string(), std::string("a b"), std::string("a\r\nX: y"), std::string("a\0b", 3),
          std::string("\xc3\xa4"), std::string(token_octets_max + 1, 'a')})
        EXPECT_EQ(check(token), "no");
    EXPECT_TRUE(host->requests().empty());
}

TEST_F(Asking, asks_so_many_at_once_and_no_more) {
    host->manners = HttpManners::Silent;
    start();
    std::size_t troubles = 0;
    TaskGroup group(sim.executor());
    const auto one = [](Introspection& asked, std::string token, std::size_t& failed) -> Task<void> {
        const auto checked = co_await asked.check(std::move(token));
        if (!checked) ++failed;
    };
    for (std::size_t i = 0; i < introspections_at_once + 5; ++i)
        group.spawn(one(*checker, "t" + std::to_string(i), troubles));
    sim.run_for(1s);
    EXPECT_EQ(troubles, 5U);
    sim.run(group.join());
    EXPECT_EQ(troubles, introspections_at_once + 5);
    host->manners = HttpManners::Plain;
    answers(R"({"active":true,"username":"ann"})");
    EXPECT_EQ(check(), "ann");
}

TEST_F(Asking, is_not_set_up_wrongly) {
    const auto made = [this] {
        auto checker_or = Introspection::make(sim.world(), settings);
        return checker_or ? std::string() : checker_or.error();
    };
    EXPECT_EQ(made(), "");
    for (const char* url : {"https://192.0.2.1/", "http://login.example/", "http://unix:/run/x.sock:/"}) {
        settings.introspection = url;
        EXPECT_THAT(made(), HasSubstr("oauth_introspection: ")) << url;
    }
}

TEST_F(Asking, waits_for_a_secret_that_is_as_it_should_be) {
    answers(R"({"active":true,"username":"ann"})");
    settings.client_secret_file = "/later";
    EXPECT_EQ(check(), "trouble");
    put("/later", "s:cret\n");
    EXPECT_EQ(check(), "ann");
}

TEST(RecentTokens, are_bounded) {
    RecentTokens recent;
    for (std::size_t i = 0; i <= recent_tokens_max; ++i) recent.keep(std::to_string(i), "ann", WallTime(1h));
    EXPECT_FALSE(recent.account_of("0", WallTime{})) << "the oldest made room";
    EXPECT_EQ(recent.account_of("1", WallTime{}), "ann");
    recent.keep("1", "bob", WallTime(2h));
    EXPECT_EQ(recent.account_of("1", WallTime(90min)), "bob");
    EXPECT_FALSE(recent.account_of("2", WallTime(1h)));
}

}  // namespace
}  // namespace cursus
