#include "base/http_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cursus {
namespace {

HttpUrl at_host(HttpScheme scheme, std::string name, std::uint16_t port, std::string target) {
    return {scheme, UrlHost{std::move(name), port}, std::move(target)};
}

TEST(HttpUrl, is_taken_apart) {
    using enum HttpScheme;
    EXPECT_EQ(HttpUrl::parse("https://Login.Example"), at_host(Https, "login.example", 443, "/"));
    EXPECT_EQ(HttpUrl::parse("https://a.example:8443/b/c?d=e"),
              at_host(Https, "a.example", 8443, "/b/c?d=e"));
    EXPECT_EQ(HttpUrl::parse("https://a.example?d"), at_host(Https, "a.example", 443, "/?d"));
    EXPECT_EQ(HttpUrl::parse("http://a.example/b"), at_host(Http, "a.example", 80, "/b"));
    EXPECT_EQ(HttpUrl::parse("http://192.0.2.1:8080"), at_host(Http, "192.0.2.1", 8080, "/"));
    EXPECT_EQ(HttpUrl::parse("http://[2001:DB8::1]"), at_host(Http, "2001:db8::1", 80, "/"));
    EXPECT_EQ(HttpUrl::parse("http://[2001:db8::1]:81/b"), at_host(Http, "2001:db8::1", 81, "/b"));
    EXPECT_EQ(HttpUrl::parse("http://unix:/run/hook.sock:/b?c"),
              (HttpUrl{Http, LocalSocket{"/run/hook.sock"}, "/b?c"}));
    EXPECT_EQ(HttpUrl::parse("http://unix:/run/hook.sock"),
              (HttpUrl{Http, LocalSocket{"/run/hook.sock"}, "/"}));
}

TEST(HttpUrl, names_its_server) {
    const auto field = [](std::string_view url) { return HttpUrl::parse(url)->host_field(); };
    EXPECT_EQ(field("https://a.example:8443/x"), "a.example:8443");
    EXPECT_EQ(field("https://a.example:443"), "a.example");
    EXPECT_EQ(field("http://a.example:443"), "a.example:443");
    EXPECT_EQ(field("http://a.example:80"), "a.example");
    EXPECT_EQ(field("http://[2001:db8::1]:81/b"), "[2001:db8::1]:81");
    EXPECT_EQ(field("http://unix:/run/hook.sock:/b"), "localhost");
    EXPECT_EQ(HttpUrl::parse("http://unix:/run/hook.sock:/b")->server_name(), "unix:/run/hook.sock");
    EXPECT_EQ(HttpUrl::parse("https://a.example/x?key=secret")->server_name(), "a.example");
}

TEST(HttpUrl, is_written_as_it_is_read) {
    for (const std::string written :
         {"https://a.example:8443/b/c?d=e", "http://192.0.2.1:8080/", "http://a.example/",
          "http://[2001:db8::1]/b", "http://unix:/run/hook.sock:/b?c"}) {
        const auto url = HttpUrl::parse(written);
        ASSERT_TRUE(url) << url.error();
        EXPECT_EQ(text(*url), written);
    }
}

TEST(HttpUrl, that_is_none_is_an_error) {
    for (const std::string& text : {std::string(),
                                    std::string("ftp://a.example/"),
                                    std::string("HTTPS://a.example/"),
                                    std::string("a.example"),
                                    std::string("unix:/run/hook.sock"),
                                    std::string("https://"),
                                    std::string("http://"),
                                    std::string("https:///x"),
                                    std::string("https://user@a.example/"),
                                    std::string("https://user:pw@a.example/"),
                                    std::string("http://user@192.0.2.1/"),
                                    std::string("https://192.0.2.1/"),
                                    std::string("https://[2001:db8::1]/"),
                                    std::string("https://unix:/run/hook.sock:/b"),
                                    std::string("http://[192.0.2.1]/"),
                                    std::string("http://2001:db8::1/"),
                                    std::string("http://[2001:db8::1"),
                                    std::string("http://[2001:db8::1]8/"),
                                    std::string("http://unix:run/hook.sock:/b"),
                                    std::string("http://unix:/run/hook.sock:/b c"),
                                    "http://unix:/" + std::string(local_socket_path_max, 'x'),
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
                                    "https://a.example/" + std::string(3'000, 'x')}) {
        const auto url = HttpUrl::parse(text);
        ASSERT_FALSE(url) << text;
        EXPECT_FALSE(url.error().empty());
    }
}

}  // namespace
}  // namespace cursus
