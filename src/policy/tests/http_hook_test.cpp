#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/advisors.h"
#include "policy/hook_document.h"
#include "sim/peers/http_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Hooked : public testing::Test {
protected:
    Hooked() {
        sim.dns().address("policy.example", {"203.0.113.8"});
        sim.tls().put_certificate("/policy.pem", {"policy.example", "/roots.pem"});
        sim.tls().put_certificate("/self.pem", {"policy.example", "/own.pem"});
        settings.timeout = 10s;
        settings.trusted_roots = "/roots.pem";
    }
    HttpHost& host(std::uint16_t port = 8080, const std::string& certificate = {}) {
        const Endpoint endpoint{*IpAddress::parse("203.0.113.8"), port};
        hosts_.push_back(
            std::make_unique<HttpHost>(sim.machine("203.0.113.8"), endpoint, sim.tls(), certificate));
        return *hosts_.back();
    }
    // "yes", "nothing", the reply, or "trouble".
    std::string ask(const std::string& url = "http://203.0.113.8:8080/check") {
        const auto address = parse_advisor_address(url).value();
        const auto advisors = Advisors::open(sim.world(), {address, address}, settings).value();
        Facts facts;
        facts.stage = AskedAt::Mail;
        facts.sender = "ann@a.example";
        const Instant began = sim.now();
        const auto advice = sim.run(advisors->ask(address, std::move(facts)));
        took = sim.now() - began;
        if (!advice) {
            error = advice.error();
            return "trouble";
        }
        if (std::holds_alternative<Advice::Accept>(advice->decision)) return "yes";
        if (const auto* reject = std::get_if<Advice::Reject>(&advice->decision))
            return reject->reply.one_line();
        return *advice == Advice() ? "nothing" : "something else";
    }

    SimWorld sim;
    AdvisorSettings settings;
    std::string error;
    Duration took{};

private:
    std::vector<std::unique_ptr<HttpHost>> hosts_;
};

TEST_F(Hooked, posts_a_document_and_takes_one) {
    auto& hook = host();
    hook.answer = HttpHost::ok(R"({"action":"reject","text":"No"})");
    EXPECT_EQ(ask(), "550 5.7.1 No");
    ASSERT_EQ(hook.requests().size(), 1U);
    EXPECT_THAT(hook.requests()[0], StartsWith("POST /check HTTP/1.1\r\nHost: 203.0.113.8:8080\r\n"));
    EXPECT_THAT(hook.requests()[0], HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(hook.requests()[0], HasSubstr(R"("sender":"ann@a.example")"));
}

TEST_F(Hooked, asks_by_https_whoever_proves_its_name) {
    host(443, "/policy.pem").answer = HttpHost::ok(R"({"action":"accept"})");
    EXPECT_EQ(ask("https://policy.example/check"), "yes");
    host(8443, "/self.pem").answer = HttpHost::ok(R"({"action":"accept"})");
    EXPECT_EQ(ask("https://policy.example:8443/check"), "trouble");
}

TEST_F(Hooked, asks_at_a_local_socket) {
    HttpHost hook(sim.program_machine(), LocalSocket{"/run/hook.sock"}, sim.tls());
    hook.answer = HttpHost::ok(R"({"action":"accept"})");
    EXPECT_EQ(ask("http://unix:/run/hook.sock:/check"), "yes");
}

// Attack F4: whatever it says, it is never taken for an opinion.
TEST_F(Hooked, is_in_trouble_when_the_answer_is_none) {
    auto& hook = host();
    for (const char* status :
         {"301 Moved", "400 Bad Request", "404 Not Found", "500 Oh", "503 Busy", "100 Continue"}) {
        hook.answer =
            std::string("HTTP/1.1 ") + status + "\r\nContent-Length: 17\r\n\r\n{\"action\":\"none\"}";
        EXPECT_EQ(ask(), "trouble") << status;
        EXPECT_THAT(error, StartsWith("203.0.113.8:8080: "));
    }
    for (const char* body : {"", "[]", "<html>", R"({"action":"maybe"})", R"({"action":"none","x":1})"}) {
        hook.answer = HttpHost::ok(body);
        EXPECT_EQ(ask(), "trouble") << body;
    }
    hook.answer = HttpHost::ok(R"({"action":"none"})" + std::string(hook_answer_octets_max, ' '));
    EXPECT_EQ(ask(), "trouble");
    hook.answer = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"action\":\"none\"}";
    EXPECT_EQ(ask(), "trouble") << "it ended in the middle";
    hook.answer = HttpHost::ok(R"({"action":"none"})");
    EXPECT_EQ(ask(), "nothing");
}

// Attack F2.
TEST_F(Hooked, waits_no_longer_than_its_timeout) {
    auto& hook = host();
    hook.answer = HttpHost::ok(R"({"action":"none"})");
    for (const auto manners : {HttpManners::Silent, HttpManners::Drips}) {
        hook.manners = manners;
        EXPECT_EQ(ask(), "trouble");
        EXPECT_GE(took, 9s);
        EXPECT_LE(took, 11s);
    }
}

TEST_F(Hooked, is_in_trouble_when_nobody_is_there) {
    EXPECT_EQ(ask(), "trouble");
    EXPECT_EQ(ask("http://nowhere.example/"), "trouble");
    EXPECT_EQ(ask("http://unix:/run/nobody.sock:/"), "trouble");
}

TEST_F(Hooked, keeps_what_its_url_has_secret_out_of_errors) {
    EXPECT_EQ(ask("http://203.0.113.8:8080/check?key=secret"), "trouble");
    EXPECT_THAT(error, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace cursus
