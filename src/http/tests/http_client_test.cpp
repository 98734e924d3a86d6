#include "http/http_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/peers/http_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Asked : public testing::Test {
protected:
    Asked() {
        sim.dns().address("login.example", {"203.0.113.8"});
        sim.tls().put_certificate("/login.pem", {"login.example", "/roots.pem"});
        sim.tls().put_certificate("/other.pem", {"other.example", "/roots.pem"});
        sim.tls().put_certificate("/self.pem", {"login.example", "/own.pem"});
        limits.answer_bytes = 1'000;
    }
    HttpHost& host(const std::string& certificate = "/login.pem", std::uint16_t port = 443) {
        return host_at(sim.machine("203.0.113.8"), Endpoint{*IpAddress::parse("203.0.113.8"), port},
                       certificate);
    }
    HttpHost& host_in_the_clear() { return host("", 8080); }
    HttpHost& host_at_socket() { return host_at(sim.program_machine(), LocalSocket{"/run/hook.sock"}, ""); }
    Result<HttpAnswer, std::string> ask(const std::string& url = "https://login.example/x?y=z") {
        auto tls = sim.tls().client({.verify = TlsVerify::Name, .trusted_roots = "/roots.pem"}).value();
        HttpClient client(sim.world(), std::move(tls), limits);
        HttpRequest request{.method = HttpMethod::Post,
                            .url = HttpUrl::parse(url).value(),
                            .fields = {{"Accept", "a/b"}},
                            .body = "q=1"};
        const auto began = sim.now();
        auto answer = sim.run(client.ask(std::move(request)));
        took = sim.now() - began;
        return answer;
    }

    SimWorld sim;
    HttpLimits limits;
    Duration took{};

private:
    HttpHost& host_at(Machine& machine, const ServiceAddress& address, const std::string& certificate) {
        hosts_.push_back(std::make_unique<HttpHost>(machine, address, sim.tls(), certificate));
        return *hosts_.back();
    }
    std::vector<std::unique_ptr<HttpHost>> hosts_;
};

TEST_F(Asked, asks_and_is_answered) {
    auto& peer = host();
    peer.answer = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnone";
    const auto answer = ask();
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->status, 404U);
    EXPECT_EQ(answer->type, "text/plain");
    EXPECT_EQ(answer->body, "none");
    ASSERT_EQ(peer.requests().size(), 1U);
    EXPECT_EQ(peer.requests()[0],
              "POST /x?y=z HTTP/1.1\r\nHost: login.example\r\nConnection: close\r\nContent-Length: "
              "3\r\nAccept: a/b\r\n\r\nq=1");
}

TEST_F(Asked, reads_chunks_and_bodies_that_end_with_the_connection) {
    auto& peer = host();
    peer.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    EXPECT_EQ(ask()->body, "abcde");
    peer.answer = "HTTP/1.1 200 OK\r\n\r\nto the end";
    EXPECT_EQ(ask()->body, "to the end");
    peer.manners = HttpManners::Cuts;
    EXPECT_FALSE(ask()) << "whether that is all nobody can tell";
}

TEST_F(Asked, talks_to_nobody_whose_certificate_does_not_hold) {
    const std::vector<std::pair<std::string, std::uint16_t>> impostors = {{"/other.pem", 444},
                                                                          {"/self.pem", 445}};
    for (const auto& [certificate, port] : impostors) {
        auto& peer = host(certificate, port);
        peer.answer = HttpHost::ok("{}");
        const auto answer = ask(fmt::format("https://login.example:{}/", port));
        ASSERT_FALSE(answer);
        EXPECT_THAT(answer.error(), StartsWith(fmt::format("login.example:{}: TLS: ", port)));
        EXPECT_TRUE(peer.requests().empty());
    }
}

TEST_F(Asked, follows_nobody_elsewhere) {
    host().answer = "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(ask()->status, 302U);
}

TEST_F(Asked, bounds_what_it_reads) {
    auto& peer = host();
    peer.answer = HttpHost::ok(std::string(1'000, 'x'));
    EXPECT_TRUE(ask());
    peer.answer = HttpHost::ok(std::string(1'001, 'x'));
    EXPECT_FALSE(ask());
    peer.answer = "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x');
    EXPECT_FALSE(ask());
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 1'001; ++i) chunks += "1\r\nx\r\n";
    peer.answer = chunks + "0\r\n\r\n";
    EXPECT_FALSE(ask());
    peer.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x');
    EXPECT_FALSE(ask());
    peer.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx";
    EXPECT_FALSE(ask());
    peer.answer = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n";
    EXPECT_FALSE(ask());
    peer.answer = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 10'000; ++i) peer.answer += "X: y\r\n";
    EXPECT_FALSE(ask());
    for (const char* answer :
         {"", "220 mx.example ESMTP\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "\x16\x03\x01"}) {
        peer.answer = answer;
        EXPECT_FALSE(ask()) << answer;
    }
}

TEST_F(Asked, bounds_its_time) {
    auto& peer = host();
    peer.answer = HttpHost::ok("{}");
    for (const auto manners : {HttpManners::Silent, HttpManners::Drips}) {
        peer.manners = manners;
        EXPECT_FALSE(ask());
        EXPECT_GE(took, 9s);
        EXPECT_LE(took, 11s);
    }
}

TEST_F(Asked, goes_on_to_the_next_address) {
    sim.dns().address("login.example", {"203.0.113.7", "203.0.113.8"});
    host().answer = HttpHost::ok("{}");
    EXPECT_TRUE(ask());
}

TEST_F(Asked, says_whom_it_could_not_reach) {
    EXPECT_THAT(ask().error(), StartsWith("login.example: "));
    EXPECT_THAT(ask("https://nowhere.example:8443/").error(), HasSubstr("nowhere.example:8443: "));
}

TEST_F(Asked, speaks_in_the_clear_where_the_url_says_so) {
    auto& peer = host_in_the_clear();
    peer.answer = HttpHost::ok("{}");
    for (const std::string server : {"login.example:8080", "203.0.113.8:8080"}) {
        const auto answer = ask("http://" + server + "/x");
        ASSERT_TRUE(answer) << answer.error();
        EXPECT_EQ(answer->body, "{}");
        EXPECT_THAT(peer.requests().back(), StartsWith("POST /x HTTP/1.1\r\nHost: " + server + "\r\n"));
    }
    EXPECT_FALSE(ask("https://login.example:8080/x")) << "what is https is never asked in the clear";
    EXPECT_EQ(peer.requests().size(), 2U);
}

TEST_F(Asked, asks_at_a_local_socket) {
    EXPECT_THAT(ask("http://unix:/run/hook.sock:/x?y").error(), StartsWith("unix:/run/hook.sock: "));
    auto& peer = host_at_socket();
    peer.answer = HttpHost::ok("{}");
    const auto answer = ask("http://unix:/run/hook.sock:/x?y");
    ASSERT_TRUE(answer) << answer.error();
    ASSERT_EQ(peer.requests().size(), 1U);
    EXPECT_THAT(peer.requests()[0], StartsWith("POST /x?y HTTP/1.1\r\nHost: localhost\r\n"));
}

TEST_F(Asked, is_not_held_up_in_the_clear_either) {
    auto& peer = host_in_the_clear();
    peer.answer = HttpHost::ok("{}");
    peer.manners = HttpManners::Drips;
    EXPECT_FALSE(ask("http://login.example:8080/"));
    EXPECT_GE(took, 9s);
    EXPECT_LE(took, 11s);
}

}  // namespace
}  // namespace cursus
