#include <algorithm>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "mail/mime_readings.h"
#include "mail/mime_value.h"

namespace cursus {
namespace {

// "text/plain; charset=[us-ascii]", and behind it what is wrong.
std::string reading_of(std::string_view body, MimeReading reading = MimeReading::Strict) {
    const auto value = read_mime_value(body, reading);
    std::string text = value.value;
    for (const auto& parameter : value.parameters)
        text += fmt::format("; {}=[{}]", parameter.name, parameter.value);
    for (const auto fault : value.faults) text += fmt::format(" !{}", facts_of(fault).name);
    return text;
}

TEST(MimeValue, is_read_with_its_parameters) {
    EXPECT_EQ(reading_of("Text/Plain; charset=us-ascii"), "text/plain; charset=[us-ascii]");
    EXPECT_EQ(reading_of(" text / plain ;\r\n\tCharset = \"us-ascii\" ; format=flowed"),
              "text/plain; charset=[us-ascii]; format=[flowed]");
    EXPECT_EQ(reading_of("multipart/mixed; boundary=\"a \\\"b\\\\ ;c\r\n d\""),
              "multipart/mixed; boundary=[a \"b\\ ;c d]");
    EXPECT_EQ(reading_of("a/b;"), "a/b");
    EXPECT_EQ(reading_of("attachment"), "attachment");
    EXPECT_EQ(reading_of(""), "");
}

TEST(MimeValue, is_read_without_comments) {
    EXPECT_EQ(reading_of("(x) text (y) / plain (z (z) \\) ); (a) charset (b) = (c) us-ascii (Plain; x=y)"),
              "text/plain; charset=[us-ascii]");
}

TEST(MimeValue, is_read_by_the_careless_with_all_that_comments_and_backslashes_hide) {
    EXPECT_EQ(reading_of("a/b; x=(; name=c.exe; )", MimeReading::Careless),
              "a/b; x=[(]; name=[c.exe] !parameter-syntax");
    EXPECT_EQ(reading_of(R"(a/b; name="c\"; filename=d.exe; y=")", MimeReading::Careless),
              R"(a/b; name=[c\]; filename=[d.exe]; y=[] !parameter-unended)");
}

TEST(MimeValue, hides_nothing_behind_what_does_not_end) {
    EXPECT_EQ(reading_of("a/b; x=\"y; name=c.exe"),
              "a/b; x=[y; name=c.exe]; name=[c.exe] !parameter-unended");
    EXPECT_EQ(reading_of("a/b; x=(y; name=c.exe"),
              "a/b; x=[(y]; name=[c.exe] !parameter-unended !parameter-syntax");
    EXPECT_EQ(reading_of("a/b (; name=c.exe"), "a/b; name=[c.exe] !parameter-unended !parameter-syntax");
}

TEST(MimeValue, needs_no_semicolon_before_a_parameter) {
    EXPECT_EQ(reading_of("multipart/mixed boundary=x"), "multipart/mixed; boundary=[x] !parameter-syntax");
    EXPECT_EQ(reading_of("a/b; x=y name=c.exe"), "a/b; x=[y]; name=[c.exe] !parameter-syntax");
    EXPECT_EQ(reading_of("a/b; x=\"y\"name=c.exe"), "a/b; x=[y]; name=[c.exe] !parameter-syntax");
    EXPECT_EQ(reading_of("filename=c.exe"), "; filename=[c.exe] !parameter-syntax");
}

TEST(MimeValue, says_what_is_wrong_and_goes_on) {
    for (const auto& [body, text] : std::vector<std::pair<std::string, std::string>>{
             {"a/b; x", "a/b !parameter-syntax"},
             {"a/b; x; y=z", "a/b; y=[z] !parameter-syntax"},
             {"a/b; =z; y=z", "a/b; =[z]; y=[z] !parameter-syntax"},
             {"a/b; x=; y=z", "a/b; x=[]; y=[z] !parameter-syntax"},
             {"a/b c; y=z", "a/b; y=[z] !parameter-syntax"},
             {"a/b; x=y z", "a/b; x=[y] !parameter-syntax"},
             {"a/b; x=y/z", "a/b; x=[y/z] !parameter-syntax"},
             {"a/b; \"X\"=y", "a/b; x=[y] !parameter-syntax"},
             {";;;", ""}})
        EXPECT_EQ(reading_of(body), text) << body;
}

TEST(MimeValue, has_a_bounded_number_of_parameters) {
    std::string body = "a/b";
    for (std::size_t i = 0; i < mime_parameters_max; ++i) body += fmt::format("; p{}=v", i);
    EXPECT_TRUE(read_mime_value(body).faults.empty());
    const auto value = read_mime_value(body + "; one=more");
    EXPECT_EQ(value.parameters.size(), mime_parameters_max);
    EXPECT_EQ(value.faults, std::vector{Malformation::MimeParameters});
}

TEST(MimeValue, counts_what_only_looks_like_a_parameter) {
    std::string body = "a/b";
    for (std::size_t i = 0; i < mime_parameters_max; ++i) body += "; x";
    EXPECT_EQ(read_mime_value(body).faults, std::vector{Malformation::ParameterSyntax});
    EXPECT_EQ(read_mime_value(body + "; name=c").faults,
              (std::vector{Malformation::ParameterSyntax, Malformation::MimeParameters}));
    EXPECT_TRUE(read_mime_value(body + "; name=c").parameters.empty());
}

// Without a bound this is quadratic: none of these quotes ends, and each would be looked for in the whole
// rest.
TEST(MimeValue, of_half_a_million_octets_is_not_read_beyond_its_bound) {
    std::string body = "text/plain";
    while (body.size() < 500'000) body += ";\r\n x\\\"";
    const auto value = read_mime_value(body);
    EXPECT_TRUE(value.parameters.empty());
    EXPECT_EQ(value.faults, (std::vector{Malformation::ParameterSyntax, Malformation::ParameterUnended,
                                         Malformation::MimeParameters}));
}

TEST(MimeValue, of_a_hostile_body_is_read_once) {
    const std::size_t many = 100'000;
    for (const std::string_view piece :
         {"(", "\\\"", "\"", "a=\"\\\"", "a (b) ", "a ", "=", "a=b ", "((\\"}) {
        std::string body = "a/b; ";
        while (body.size() < many) body += piece;
        read_mime_value(body);
        read_mime_value(body, MimeReading::Careless);
        read_mime_value("a/b; x=\"y\" " + body);
    }
}

std::vector<std::string> best(std::string_view body) {
    return read_parameter(read_mime_value(body), "name").best;
}

bool has_odd_pieces(std::string_view body) {
    return read_parameter(read_mime_value(body), "name").has_odd_pieces;
}

bool can_be_read_as(std::string_view body, const std::string& text) {
    const auto readings = read_parameter(read_mime_value(body), "name");
    return std::ranges::find(readings.best, text) != readings.best.end() ||
           std::ranges::find(readings.others, text) != readings.others.end();
}

using Texts = std::vector<std::string>;

TEST(ParameterReadings, undo_percents_and_character_sets) {
    EXPECT_EQ(best("a/b; name*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"),
              Texts{"This is ***fun***"});
    EXPECT_EQ(best("a/b; name*=iso-8859-1''HasenundFr%F6sche.txt"), Texts{"HasenundFr\xc3\xb6sche.txt"});
    EXPECT_EQ(best("a/b; name*=''%2"), Texts{"%2"});
    EXPECT_EQ(best("a/b; name*=x%41"), Texts{"xA"});
}

TEST(ParameterReadings, put_pieces_together_in_whatever_order) {
    const std::string_view in_order =
        "a/b; name*0*=us-ascii'en'This%20is%20even%20more%20; name*1*=%2A%2A%2Afun%2A%2A%2A%20; "
        "name*2=\"isn't it!\"";
    const std::string_view out_of_order =
        "a/b; name*2=\"isn't it!\"; name*0*=us-ascii'en'This%20is%20even%20more%20; "
        "name*1*=%2A%2A%2Afun%2A%2A%2A%20";
    for (const auto body : {in_order, out_of_order}) {
        EXPECT_EQ(best(body), Texts{"This is even more ***fun*** isn't it!"});
        EXPECT_FALSE(has_odd_pieces(body));
    }
}

TEST(ParameterReadings, of_each_way_a_parameter_is_written_in_are_all_there) {
    EXPECT_EQ(best("a/b; name=x; NAME*=utf-8''y; name*0=z; name=w"), (Texts{"x", "w", "y", "z"}));
    EXPECT_TRUE(read_parameter(read_mime_value("a/b; name=x"), "name").is_plain);
    EXPECT_FALSE(read_parameter(read_mime_value("a/b; name*=x"), "name").is_plain);
    EXPECT_EQ(best("a/b; names=x; nam=y"), Texts{});
}

TEST(ParameterReadings, notice_pieces_that_are_odd) {
    for (const char* body :
         {"a/b; name*1=x", "a/b; name*0=x; name*2=y", "a/b; name*0=x; name*0=y", "a/b; name*00=x",
          "a/b; name*x=y", "a/b; name**=x", "a/b; name*0=x; name*01=y", "a/b; name*99999=x"})
        EXPECT_TRUE(has_odd_pieces(body)) << body;
}

TEST(ParameterReadings, include_those_of_lenient_readers) {
    EXPECT_TRUE(can_be_read_as("a/b; name=foo bar.exe", "foo bar.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=\"foo\".exe", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=\"foo.e\r\n xe\"", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=\"foo.e\r\n xe\"", "foo.e xe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=foo(1).exe", "foo(1).exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=foo x=bar.exe", "foo x=bar.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name=foo; name*1=.exe", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*1=xe; name*0=foo.e", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*1=foo; name*0=.exe", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*0*=''foo%2; name*1*=Eexe", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*0=foo%2; name*1=Eexe", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*0=foo.exe; name*2=.txt", "foo.exe"));
    EXPECT_TRUE(can_be_read_as("a/b; name*0=foo; name*2=.exe", "foo.exe"));
}

}  // namespace
}  // namespace cursus
