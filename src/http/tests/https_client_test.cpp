#include "http/https_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/peers/https_host.h"
#include "sim/world.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class Https : public testing::Test {
protected:
    Https() {
        sim.dns().address("login.example", {"203.0.113.8"});
        sim.tls().put_certificate("/login.pem", {"login.example", "/roots.pem"});
        sim.tls().put_certificate("/other.pem", {"other.example", "/roots.pem"});
        sim.tls().put_certificate("/self.pem", {"login.example", "/own.pem"});
        limits.answer_bytes = 1'000;
    }
    HttpsHost& host(const std::string& certificate = "/login.pem") {
        host_ = std::make_unique<HttpsHost>(sim.machine("203.0.113.8"),
                                            Endpoint{*IpAddress::parse("203.0.113.8"), 443}, sim.tls(),
                                            certificate);
        return *host_;
    }
    Result<HttpsAnswer, std::string> ask(const std::string& url = "https://login.example/x?y=z") {
        auto tls = sim.tls().client({.verify = TlsVerify::Name, .trusted_roots = "/roots.pem"}).value();
        HttpsClient client(sim.world(), std::move(tls), limits);
        HttpsRequest request{.method = HttpsMethod::Post,
                             .url = HttpsUrl::parse(url).value(),
                             .fields = {{"Accept", "a/b"}},
                             .body = "q=1"};
        const auto began = sim.now();
        auto answer = sim.run(client.ask(std::move(request)));
        took = sim.now() - began;
        return answer;
    }

    SimWorld sim;
    HttpsLimits limits;
    Duration took{};

private:
    std::unique_ptr<HttpsHost> host_;
};

TEST_F(Https, asks_and_is_answered) {
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

TEST_F(Https, reads_chunks_and_bodies_that_end_with_the_connection) {
    auto& peer = host();
    peer.answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    EXPECT_EQ(ask()->body, "abcde");
    peer.answer = "HTTP/1.1 200 OK\r\n\r\nto the end";
    EXPECT_EQ(ask()->body, "to the end");
    peer.manners = HttpsManners::Cuts;
    EXPECT_FALSE(ask()) << "whether that is all nobody can tell";
}

TEST_F(Https, talks_to_nobody_whose_certificate_does_not_hold) {
    for (const char* certificate : {"/other.pem", "/self.pem"}) {
        auto& peer = host(certificate);
        peer.answer = HttpsHost::ok("{}");
        const auto answer = ask();
        ASSERT_FALSE(answer);
        EXPECT_THAT(answer.error(), StartsWith("login.example: TLS: "));
        EXPECT_TRUE(peer.requests().empty());
    }
}

TEST_F(Https, follows_nobody_elsewhere) {
    host().answer = "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(ask()->status, 302U);
}

TEST_F(Https, bounds_what_it_reads) {
    auto& peer = host();
    peer.answer = HttpsHost::ok(std::string(1'000, 'x'));
    EXPECT_TRUE(ask());
    peer.answer = HttpsHost::ok(std::string(1'001, 'x'));
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

TEST_F(Https, bounds_its_time) {
    auto& peer = host();
    peer.answer = HttpsHost::ok("{}");
    for (const auto manners : {HttpsManners::Silent, HttpsManners::Drips}) {
        peer.manners = manners;
        EXPECT_FALSE(ask());
        EXPECT_GE(took, 9s);
        EXPECT_LE(took, 11s);
    }
}

TEST_F(Https, goes_on_to_the_next_address) {
    sim.dns().address("login.example", {"203.0.113.7", "203.0.113.8"});
    host().answer = HttpsHost::ok("{}");
    EXPECT_TRUE(ask());
}

TEST_F(Https, says_whom_it_could_not_reach) {
    EXPECT_THAT(ask().error(), StartsWith("login.example: "));
    EXPECT_THAT(ask("https://nowhere.example:8443/").error(), HasSubstr("nowhere.example:8443: "));
}

TEST(HttpsUrl, is_taken_apart) {
    EXPECT_EQ(HttpsUrl::parse("https://Login.Example"), (HttpsUrl{"login.example", 443, "/"}));
    EXPECT_EQ(HttpsUrl::parse("https://a.example:8443/b/c?d=e"), (HttpsUrl{"a.example", 8443, "/b/c?d=e"}));
    EXPECT_EQ(HttpsUrl::parse("https://a.example?d"), (HttpsUrl{"a.example", 443, "/?d"}));
    EXPECT_EQ(HttpsUrl::parse("https://a.example:8443")->authority(), "a.example:8443");
    EXPECT_EQ(HttpsUrl::parse("https://a.example:443")->authority(), "a.example");
}

TEST(HttpsUrl, that_is_none_is_an_error) {
    for (const std::string& text : {std::string(),
                                    std::string("http://a.example/"),
                                    std::string("a.example"),
                                    std::string("https://"),
                                    std::string("https:///x"),
                                    std::string("https://user@a.example/"),
                                    std::string("https://user:pw@a.example/"),
                                    std::string("https://192.0.2.1/"),
                                    std::string("https://[2001:db8::1]/"),
                                    std::string("https://a.example:0/"),
                                    std::string("https://a.example:65536/"),
                                    std::string("https://a.example:/"),
                                    std::string("https://a.example:443x/"),
                                    std::string("https://a.example/#x"),
                                    std::string("https://a.example/ x"),
                                    std::string("https://a.example/\r\nX: y"),
                                    std::string("https://a..example/"),
                                    std::string("https://.a.example/"),
                                    std::string("https://a_b.example/"),
                                    std::string("https://\xc3\xa4.example/"),
                                    "https://a.example/" + std::string(3'000, 'x')})
        EXPECT_FALSE(HttpsUrl::parse(text)) << text;
}

}  // namespace
}  // namespace cursus
