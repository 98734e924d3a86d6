#include "mail/uri_hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "mail/uri_host.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> hosts_in(std::string_view text) {
    UriHosts uris;
    uris.feed(text);
    uris.end();
    return uris.hosts();
}

TEST(UriHosts, are_found_by_their_schemes_in_the_order_they_come_each_once) {
    EXPECT_THAT(
        hosts_in("see http://a.example/x, HTTPS://B.example:8080?q, ftp://c.example and http://a.example"),
        ElementsAre("a.example", "b.example", "c.example"));
}

TEST(UriHosts, are_found_without_a_scheme_when_they_begin_with_www) {
    EXPECT_THAT(hosts_in("Go to www.shop.example. Or (www.b.example), not awww.c.example nor www. alone"),
                ElementsAre("www.shop.example", "www.b.example"));
}

TEST(UriHosts, are_found_in_addresses_to_write_to) {
    EXPECT_THAT(
        hosts_in("<a href=\"mailto:ann@a.example,bob%40b.example?cc=x\"> mailto:postmaster mailto:c.example"),
        ElementsAre("a.example", "b.example"));
}

TEST(UriHosts, are_found_in_references_without_a_scheme) {
    EXPECT_THAT(
        hosts_in("<img src=\"//a.example/i.png\"><img src=//b.example><a href='\\\\c.example'> // d.example"),
        ElementsAre("a.example", "b.example", "c.example"));
}

TEST(UriHosts, lose_what_text_puts_around_them) {
    for (const char* text :
         {"(http://a.example)", "<http://a.example>", "\"http://a.example\"", "http://a.example.",
          "http://a.example...", "http://a.example, and", "http://a.example:80/", "'http://a.example'",
          "http://a.example;x", "http://a.example\r\nb", "[http://a.example]", "http://a.example|"})
        EXPECT_THAT(hosts_in(text), ElementsAre("a.example")) << text;
}

TEST(UriHosts, are_not_hidden_by_user_information) {
    const auto long_user = std::string(100'000, 'x');
    for (const std::string& text :
         {std::string("http://good.example@evil.example/"),
          std::string("http://good.example:80@evil.example"),
          std::string("http://good.example%2F@evil.example/"), std::string("http://a@b@evil.example/"),
          "http://" + long_user + "@evil.example/", std::string("http://good.example%00@evil.example"),
          std::string("mailto:%22good.example%22@evil.example")})
        EXPECT_THAT(hosts_in(text), ElementsAre("evil.example")) << text.substr(0, 80);
}

TEST(UriHosts, of_an_attribute_go_on_behind_white_space_where_an_at_may_follow) {
    EXPECT_THAT(hosts_in("<a href=\"http://good.example x@evil.example/\">"),
                ElementsAre("good.example", "evil.example"));
    EXPECT_THAT(hosts_in("<a href=\" http://u v@evil.example/\">"), ElementsAre("evil.example"));
    EXPECT_THAT(hosts_in("http://evil.example and ann@good.example"), ElementsAre("evil.example"));
}

TEST(UriHosts, are_read_as_browsers_read_slashes) {
    for (const char* text : {"http:evil.example/", "http:/evil.example/", "http:\\\\evil.example\\x",
                             "http:////evil.example/", "http:\\/evil.example?x"})
        EXPECT_THAT(hosts_in(text), ElementsAre("evil.example")) << text;
}

TEST(UriHosts, are_read_through_character_references) {
    for (const char* text :
         {"http://evil&#x2e;example/", "http://evil&#46;example/", "http://evil&#0000000000000000046;example",
          "http://evil&#46example", "http&colon;&sol;&sol;evil&period;example",
          "&#104;&#116;&#116;&#112;://evil.example", "<a href=&quot;http://evil.example&quot;>",
          "http://good.example&commat;evil.example/", "http&#x3A//evil.example"})
        EXPECT_THAT(hosts_in(text), ElementsAre("evil.example")) << text;
    EXPECT_THAT(hosts_in("http://a.example/?x=1&y=http://b.example/&unknown;&#;&#x;&"),
                ElementsAre("a.example", "b.example"));
}

TEST(UriHosts, are_read_through_percent_encoding) {
    EXPECT_THAT(hosts_in("http://ev%69l%2Eexample/ http://b%zz.example"), ElementsAre("evil.example"));
    EXPECT_THAT(hosts_in("http://a.example/go?u=http%3A%2F%2Fevil.example%2F@x%40y&z"),
                ElementsAre("a.example", "evil.example"));
    EXPECT_THAT(hosts_in("http://a.example/?u=https%3a//b.example/"), ElementsAre("a.example", "b.example"));
}

TEST(UriHosts, may_be_broken_into_lines_inside_an_attribute) {
    EXPECT_THAT(hosts_in("<a href=\"http://ev\r\nil.exa\tmple/\">"), testing::Contains("evil.example"));
}

TEST(UriHosts, inside_other_uris_are_found_too) {
    EXPECT_THAT(hosts_in("http://a.example/r?to=http://b.example/&c=//d.example"),
                ElementsAre("a.example", "b.example", "d.example"));
}

TEST(UriHosts, of_a_part_that_ends_do_not_run_into_the_next) {
    UriHosts uris;
    uris.feed("http://a.exam");
    uris.feed("ple");
    uris.end();
    uris.feed(".net/ &#4");
    uris.end();
    uris.feed("6; www");
    uris.end();
    uris.feed(".b.example");
    uris.end();
    EXPECT_THAT(uris.hosts(), ElementsAre("a.example"));
}

TEST(UriHosts, are_the_same_wherever_the_text_is_cut) {
    const std::string text =
        "<a href=\"http://u&#64;x y@evil&#x2e;example/?u=http%3A%2F%2Fb.example%2Fz\"> www.c.example "
        "mailto:a@d.example,b@e.example src=//f.example http://1.2.3.4";
    const auto whole = hosts_in(text);
    ASSERT_EQ(whole.size(), 7U) << testing::PrintToString(whole);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        UriHosts uris;
        uris.feed(std::string_view(text).substr(0, cut));
        uris.feed(std::string_view(text).substr(cut));
        uris.end();
        EXPECT_EQ(uris.hosts(), whole) << cut;
    }
    UriHosts octets;
    for (const char c : text) octets.feed({&c, 1});
    octets.end();
    EXPECT_EQ(octets.hosts(), whole);
}

TEST(UriHosts, are_bounded_and_it_is_said) {
    UriHosts uris;
    for (std::size_t i = 0; i < uri_hosts_max; ++i) uris.feed(fmt::format("http://h{}.example ", i));
    EXPECT_FALSE(uris.is_cut());
    uris.feed("http://h0.example ");
    EXPECT_FALSE(uris.is_cut());
    uris.feed("http://more.example ");
    EXPECT_TRUE(uris.is_cut());
    EXPECT_EQ(uris.hosts().size(), uri_hosts_max);
}

TEST(UriHosts, that_are_the_same_ten_thousand_times_end_the_search) {
    UriHosts uris;
    for (std::size_t i = 0; i < uri_candidates_max; ++i) uris.feed("http://a.example ");
    EXPECT_FALSE(uris.is_cut());
    uris.feed("http://b.example ");
    EXPECT_TRUE(uris.is_cut());
    EXPECT_THAT(uris.hosts(), ElementsAre("a.example"));
}

TEST(UriHosts, are_none_in_what_is_not_a_uri) {
    EXPECT_THAT(
        hosts_in("ann@a.example wrote: http is a protocol; https: too, ftp:// and http:// and x://b.example"),
        IsEmpty());
    EXPECT_THAT(hosts_in(std::string(2'000, 'a') + " http://" + std::string(2'000, 'b') + ".example/"),
                IsEmpty());
}

TEST(UriHost, of_an_ipv4_address_is_that_address_however_it_is_written) {
    for (const char* text : {"192.0.2.7", "192.0.2.7.", "0xc0000207", "3221225991", "0300.0.2.7", "192.0.519",
                             "192.519", "0xC0.0x00.0x02.0x07", "192.0.2.7:8080", "x@192.0.2.7",
                             "%31%39%32.0.2.7", "\xEF\xBC\x91\x39\x32.0.2.7"})
        EXPECT_EQ(uri_host(text), "192.0.2.7") << text;
    for (const char* text :
         {"192.0.2.256", "192.0.2.7.1", "4294967296", "192.0.2.08", "192..2.7", "1.2.3.99999999999999999999"})
        EXPECT_EQ(uri_host(text), std::nullopt) << text;
    EXPECT_EQ(uri_host("0x7f.1"), "127.0.0.1");
}

TEST(UriHost, of_an_ipv6_address_has_no_brackets) {
    EXPECT_EQ(uri_host("[2001:DB8::1]:80"), "2001:db8::1");
    EXPECT_EQ(uri_host("ann@[IPv6:2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(uri_host("[::ffff:192.0.2.7]"), "192.0.2.7");
    EXPECT_EQ(uri_host("[2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(uri_host("[]"), std::nullopt);
    EXPECT_EQ(uri_host("[a.example]"), std::nullopt);
}

TEST(UriHost, of_an_international_name_has_a_labels_as_browsers_make_them) {
    EXPECT_EQ(uri_host("b\xC3\xBC"
                       "cher.example"),
              "xn--bcher-kva.example");
    EXPECT_EQ(uri_host("B\xC3\x9C"
                       "CHER.example"),
              "xn--bcher-kva.example");
    EXPECT_EQ(uri_host("b%C3%BCcher.example"), "xn--bcher-kva.example");
    EXPECT_EQ(uri_host("evil\xE3\x80\x82"
                       "example"),
              "evil.example");                                       // ideographic full stop
    EXPECT_EQ(uri_host("\xEF\xBD\x85vil.example"), "evil.example");  // a wide letter
    EXPECT_EQ(uri_host("ev\xC2\xAD"
                       "il.example\xE3\x80\x82"),
              "evil.example");  // a soft hyphen
    EXPECT_EQ(uri_host("b\xFC"
                       "cher.evil.example"),
              "evil.example");  // not UTF-8
}

TEST(UriHost, of_a_name_that_is_none_for_mail_is_the_part_that_is) {
    EXPECT_EQ(uri_host("a_b.evil.example"), "evil.example");
    EXPECT_EQ(uri_host("x.-y.evil.example"), "evil.example");
    EXPECT_EQ(uri_host("a..evil.example"), "evil.example");
    EXPECT_EQ(uri_host(std::string(70, 'x') + ".sub.evil.example"), "sub.evil.example");
    EXPECT_EQ(uri_host("a_b.example"), std::nullopt);
    EXPECT_EQ(uri_host("www..example"), std::nullopt);
    EXPECT_EQ(uri_host("localhost"), std::nullopt);
    EXPECT_EQ(uri_host("..."), std::nullopt);
    EXPECT_EQ(uri_host(""), std::nullopt);
}

}  // namespace
}  // namespace cursus
