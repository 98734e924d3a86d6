#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "mail/tests/typed_message.h"
#include "scan/malformed.h"

namespace cursus {
namespace {

std::vector<Finding> findings_of(std::string_view text, MessageTerms terms = {},
                                 std::size_t step = std::string_view::npos) {
    MalformedChecker checker(terms);
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) checker.feed(text.substr(0, step));
    checker.finish();
    return checker.findings();
}

std::string names_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += std::string(text.empty() ? "" : " ") + std::string(facts_of(finding.what).name);
    return text;
}

// Of whole octets, and the same in pieces.
std::string names_in(std::string_view text, MessageTerms terms = {}) {
    const auto whole = findings_of(text, terms);
    for (const std::size_t step : {1, 2, 5, 63, 65}) {
        const auto torn = findings_of(text, terms, step);
        EXPECT_EQ(names_of(torn), names_of(whole)) << "in steps of " << step;
        for (std::size_t i = 0; i < std::min(torn.size(), whole.size()); ++i) {
            EXPECT_EQ(torn[i].detail, whole[i].detail);
            EXPECT_EQ(torn[i].count, whole[i].count);
        }
    }
    return names_of(whole);
}

const std::string sound_fields =
    "From: Ann <ann@a.example>\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\nMessage-ID: <1@a.example>\r\n";

// A sound message with these lines in its header.
std::string with_fields(std::string_view lines, MessageTerms terms = {}) {
    return names_in(sound_fields + typed_message(lines) + "\r\nHello\r\n", terms);
}

// A message with this From field alone.
std::string with_from(std::string_view body) {
    return names_in("From: " + std::string(body) + sound_fields.substr(sound_fields.find("\r\n")) + "\r\n");
}

std::string with_body(std::string_view body, MessageTerms terms = {}) {
    return names_in(sound_fields + "\r\n" + std::string(body), terms);
}

TEST(MalformedChecker, finds_nothing_wrong_with_a_sound_message) {
    EXPECT_EQ(with_body("Hello\r\n"), "");
    EXPECT_EQ(with_fields(R"(
Received: from x by y; Tue, 1 Jul 2003 10:52:37 +0200
Sender: Bob <bob@b.example>
Reply-To: Ann Q. Other <ann@a.example>, c@d.example
To: Undisclosed recipients:;
Cc: "x, y" <x@y.example>,
 z@y.example (Z)
Bcc:
Subject: =?utf-8?q?J=C3=BCrgen?= and
	others
In-Reply-To: <0@a.example>
References: <0@a.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_x"
X-Empty:
)")
                  .substr(0, 15),
              "multipart-empty");
}

TEST(MalformedChecker, says_what_is_wrong_in_sentences_that_are_safe_to_log) {
    const auto findings =
        findings_of(sound_fields + "Subject: a\x1b[31m\xff" + std::string(500, 'x') + "\r\nfoo\nbar\r\n\r\n");
    ASSERT_FALSE(findings.empty());
    for (const auto& finding : findings) {
        EXPECT_FALSE(has_control(finding.detail)) << finding.detail;
        EXPECT_TRUE(is_utf8(finding.detail));
        EXPECT_LT(finding.detail.size(), 600U);
    }
    EXPECT_EQ(findings[0].detail, "a line of the header is no field: foo");
}

TEST(MalformedChecker, counts_what_it_finds_again) {
    const auto findings = findings_of(sound_fields + "foo\r\nbar\r\n\r\n");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].what, Malformation::NoColon);
    EXPECT_EQ(findings[0].count, 2U);
    EXPECT_EQ(findings[0].detail, "a line of the header is no field: foo");
}

// ---- octets

TEST(MalformedChecker, finds_line_ends_that_are_none_and_nul) {
    EXPECT_EQ(with_body("a\rb\r\n"), "bare-cr");
    EXPECT_EQ(with_body("a\nb\r\n"), "bare-lf");
    EXPECT_EQ(with_body("a\r"), "bare-cr");
    EXPECT_EQ(with_body(std::string_view("a\0b\r\n", 5)), "nul");
    EXPECT_EQ(with_body(std::string_view("\0\r\n.\n\r\r\n", 8)), "bare-cr bare-lf nul");
    EXPECT_EQ(with_fields("X: a\rb\n"), "bare-cr");
}

// A1: an end of data that is none where the message stands.
TEST(MalformedChecker, finds_every_way_to_smuggle_a_second_message_in) {
    for (const char* end :
         {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n\n.\r\n", "\r\r\n.\r\r\n"}) {
        const auto findings = findings_of(sound_fields + "\r\nHello" + end + "MAIL FROM:<x@y.example>\r\n");
        EXPECT_TRUE(std::ranges::any_of(findings, [](const auto& finding) {
            return (finding.what == Malformation::BareCr || finding.what == Malformation::BareLf) &&
                   refuses(MalformedLevel::Lenient, finding.what);
        })) << printable(end);
    }
}

TEST(MalformedChecker, finds_lines_that_are_too_long) {
    EXPECT_EQ(with_body(std::string(998, 'x') + "\r\n" + std::string(998, 'y')), "");
    EXPECT_EQ(with_body(std::string(999, 'x') + "\r\n"), "line-too-long");
    EXPECT_EQ(with_body(std::string(100'000, 'x')), "line-too-long");
    EXPECT_EQ(with_fields("X: " + std::string(995, 'x') + "\n"), "");
    EXPECT_EQ(with_fields("X: " + std::string(996, 'x') + "\n"), "line-too-long");
}

TEST(MalformedChecker, looks_for_lines_only_where_there_are_any) {
    const MessageTerms binary{.is_smtputf8 = false, .body = Body::BinaryMime};
    const std::string body = std::string(5000, 'x') + "\n\r" + std::string(1, '\0');
    EXPECT_EQ(with_body(body, binary), "");
    EXPECT_EQ(names_in("X\n" + sound_fields + "\r\n" + body, binary), "no-colon bare-lf");
}

// ---- the header's lines

TEST(MalformedChecker, finds_lines_of_the_header_that_are_no_fields) {
    EXPECT_EQ(with_fields("foo\n"), "no-colon");
    EXPECT_EQ(with_fields("X: y\n \n z\n"), "folded-blank-line");
    EXPECT_EQ(names_in(" x\r\n" + sound_fields + "\r\n"), "fold-without-field");
    EXPECT_EQ(with_fields("X y: z\n"), "field-name");
    EXPECT_EQ(with_fields("\xc3\xa4: z\n"), "eight-bit-in-header field-name");
    EXPECT_EQ(with_fields(": z\n"), "field-name");
    EXPECT_EQ(with_fields("X : z\n"), "space-before-colon");
}

// E4: two From fields of which one is "From :".
TEST(MalformedChecker, takes_a_field_with_space_before_its_colon_for_that_field) {
    EXPECT_EQ(with_fields("From : mallory@m.example\n"), "space-before-colon duplicate-from");
}

TEST(MalformedChecker, finds_octets_that_no_field_may_have) {
    EXPECT_EQ(with_fields("X: \x1b\n"), "control-in-header");
    EXPECT_EQ(with_fields("X: \x7f\n"), "control-in-header");
    EXPECT_EQ(with_fields("X: a\tb\n"), "");
    EXPECT_EQ(with_fields("X: \xc3\xa4\n"), "eight-bit-in-header");
    EXPECT_EQ(with_fields("X: \xc3\xa4\n", {.is_smtputf8 = true}), "");
    EXPECT_EQ(with_fields("X: \xe4\n", {.is_smtputf8 = true}), "header-not-utf8");
}

TEST(MalformedChecker, looks_at_the_headers_of_parts_too) {
    EXPECT_EQ(with_fields(R"(
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
X : \
foo
 
Content-Type: message/rfc822

X : y
foo

--b--
)"),
              "no-colon space-before-colon folded-blank-line embedded-header-syntax");
}

// E2.
TEST(MalformedChecker, looks_at_a_bounded_number_of_fields) {
    std::string fields;
    for (std::size_t i = 0; i + 3 < header_fields_max; ++i) fields += "X: y\r\n";
    EXPECT_EQ(names_of(findings_of(sound_fields + fields + "\r\n")), "");
    EXPECT_EQ(names_of(findings_of(sound_fields + fields + "X: y\r\n\r\n")), "header-too-many-fields");
    EXPECT_EQ(names_of(findings_of(fields + "X: 1\r\nX: 2\r\nX: 3\r\n" + sound_fields + "\r\n")),
              "header-too-many-fields");
}

TEST(MalformedChecker, reads_a_header_of_bounded_length) {
    const std::string filler = "X: " + std::string(95, 'x') + "\r\n";
    std::string header = sound_fields;
    while (header.size() < header_octets_max) header += filler;
    const auto findings = findings_of(header + "\r\n");
    EXPECT_EQ(names_of(findings), "header-too-many-fields header-too-long");
    EXPECT_EQ(names_of(findings_of(std::string(2 * header_octets_max, 'x'))),
              "header-too-long line-too-long");
}

// ---- fields that must be there, once

TEST(MalformedChecker, finds_what_is_missing) {
    EXPECT_EQ(names_in("\r\n"), "missing-from missing-date missing-message-id");
    EXPECT_EQ(names_in("X: y"), "missing-from missing-date missing-message-id");
    EXPECT_EQ(names_in(""), "missing-from missing-date missing-message-id");
    EXPECT_EQ(with_fields("Content-Type: text/plain\n"), "missing-mime-version");
}

TEST(MalformedChecker, finds_what_is_there_twice) {
    EXPECT_EQ(with_fields("Subject: x\nSubject: x\n"), "duplicate-subject");
    EXPECT_EQ(with_fields("Subject: x\nSubject:  y\n"), "duplicate-subject-differs");
    EXPECT_EQ(with_fields("From: Ann <ann@a.example>\n"), "duplicate-from");
    EXPECT_EQ(with_fields("Sender: ann@a.example\nSender: ann@a.example\n"), "duplicate-sender");
    EXPECT_EQ(with_fields("date: Tue, 1 Jul 2003 10:52:37 +0200\n"), "duplicate-date");
    EXPECT_EQ(with_fields("MESSAGE-ID: <2@a.example>\n"), "duplicate-message-id");
    for (const char* name : {"To", "Cc", "Reply-To"})
        EXPECT_EQ(with_fields(name + std::string(": x@y.example\n") + name + ": x@y.example\n"),
                  "duplicate-" + to_lower(std::string_view(name)));
    for (const char* name : {"Bcc", "In-Reply-To", "References", "MIME-Version"})
        EXPECT_EQ(with_fields(name + std::string(": <x@y.example>\n") + name + ": <x@y.example>\n"),
                  "duplicate-field");
    EXPECT_EQ(with_fields("Received: x\nReceived: x\nX: y\nX: y\n"), "");
    EXPECT_EQ(with_fields("MIME-Version: 1.0\nContent-Type: text/plain\nContent-Type: text/plain\n"),
              "duplicate-field");
    EXPECT_EQ(with_fields("MIME-Version: 1.0\nContent-Type: text/plain\nContent-Type: text/html\n"),
              "duplicate-content-type");
}

// ---- addresses

TEST(MalformedChecker, finds_fields_that_are_no_lists_of_addresses) {
    for (const char* name : {"To", "Cc", "Reply-To"}) {
        EXPECT_EQ(with_fields(name + std::string(": Other, Ann <ann@a.example>\n")), "address-list-syntax")
            << name;
        EXPECT_EQ(with_fields(name + std::string(":\n")), "address-list-syntax") << name;
    }
    EXPECT_EQ(with_fields("Sender: a@b.example, c@b.example\n"), "address-list-syntax");
    EXPECT_EQ(with_fields("Sender: A: a@b.example;\n"), "address-list-syntax");
    EXPECT_EQ(with_fields("Sender: a\n"), "address-list-syntax");
}

// E4, and the first or the last of several.
TEST(MalformedChecker, finds_from_fields_that_can_be_read_in_several_ways) {
    EXPECT_EQ(with_from("ann@a.example <mallory@m.example>"), "address-list-syntax from-ambiguous");
    EXPECT_EQ(with_from("<ann@a.example> <mallory@m.example>"),
              "address-list-syntax from-without-address from-ambiguous");
    EXPECT_EQ(with_from("ann@a.example (\"), mallory@m.example"),
              "from-several-domains multiple-from-without-sender");
    EXPECT_EQ(with_from("\"ann@a.example <mallory@m.example>"),
              "address-list-syntax from-without-address from-ambiguous");
    EXPECT_EQ(with_from("ann@a.example, mallory@m.example"),
              "from-several-domains multiple-from-without-sender");
    EXPECT_EQ(with_from("ann@a.example@m.example"),
              "address-list-syntax from-without-address from-ambiguous");
}

TEST(MalformedChecker, takes_a_from_field_for_one_where_nobody_could_be_mistaken) {
    EXPECT_EQ(with_from("ann@a.example <ann@A.EXAMPLE>"), "address-list-syntax");
    EXPECT_EQ(with_from("\"ann@a.example\" <mallory@m.example>"), "");
    EXPECT_EQ(with_from("mallory@m.example (ann@a.example)"), "");
    EXPECT_EQ(with_from("Other [x] <ann@a.example>"), "address-list-syntax");
}

TEST(MalformedChecker, finds_from_fields_with_none_or_several_addresses) {
    EXPECT_EQ(with_from("Ann"), "address-list-syntax");
    EXPECT_EQ(with_from("Ann Other"), "address-list-syntax from-without-address");
    EXPECT_EQ(with_from(""), "from-without-address");
    EXPECT_EQ(with_from("Nobody:;"), "group-in-from from-without-address");
    EXPECT_EQ(with_from("Us: ann@a.example, bob@a.example;"), "group-in-from multiple-from-without-sender");
    EXPECT_EQ(names_in("From: ann@a.example, bob@a.example\r\nSender: ann@a.example" +
                       sound_fields.substr(sound_fields.find("\r\n")) + "\r\n"),
              "");
}

// C3.
TEST(MalformedChecker, finds_encoded_words_in_addresses) {
    EXPECT_EQ(with_from("=?utf-8?q?ann=40a.example=3E?=@m.example"), "encoded-word-in-address");
    EXPECT_EQ(with_from("=?utf-8?q?Ann?= <ann@a.example>"), "");
    EXPECT_EQ(with_fields("To: <=?utf-8?q?ann?=@m.example>\n"), "encoded-word-in-address");
}

// ---- other fields

TEST(MalformedChecker, finds_encoded_words_that_are_none_or_hide_something) {
    EXPECT_EQ(with_fields("Subject: =?utf-8?x?a?=\n"), "encoded-word-syntax");
    EXPECT_EQ(with_fields("Subject: =?utf-8?q?a b?=\n"), "encoded-word-syntax");
    EXPECT_EQ(with_fields("Subject: =?utf-8?q?" + std::string(70, 'x') + "?=\n"), "encoded-word-too-long");
    EXPECT_EQ(with_fields("Subject: =?utf-8?q?a=0D=0ABcc:_x?=\n"), "encoded-word-control");
    EXPECT_EQ(with_fields("Subject: =?utf-8?b?YQ0K?=\n"), "encoded-word-control");
    EXPECT_EQ(with_fields("Subject: =?utf-16?b?AAo=?=\n"), "encoded-word-control");
    EXPECT_EQ(with_fields("Subject: =?iso-2022-jp?b?GyRCJU8bKEI=?=\n"), "");
    EXPECT_EQ(with_fields("Subject: what =? this =?= is\n"), "");
}

TEST(MalformedChecker, finds_dates_and_identifiers_that_are_none) {
    EXPECT_EQ(names_in("From: a@b.example\r\nDate: yesterday\r\nMessage-ID: 1@a.example\r\n\r\n"),
              "date-syntax message-id-syntax");
}

// ---- MIME, as far as it is not the walker's own test

TEST(MalformedChecker, says_what_the_walker_finds_and_where) {
    const auto findings = findings_of(sound_fields + typed_message(R"(
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

text
--b
Content-Type: application/pdf; name="x.txt"
Content-Disposition: attachment; filename="x.exe"

--b--
)")
                                                         .insert(0, ""));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].what, Malformation::FileNameDisagreement);
    EXPECT_EQ(findings[0].detail, "a part has file names with different endings: x.txt (part 2)");
}

TEST(MalformedChecker, finds_eight_bits_that_are_not_declared) {
    EXPECT_EQ(with_body("\xc3\xa4\r\n"), "eight-bit-in-body-undeclared");
    EXPECT_EQ(with_fields("MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"), "");
}

// ---- levels

TEST(MalformedLevels, refuse_by_how_grave_it_is) {
    const std::vector<std::pair<Malformation, Severity>> examples{
        {Malformation::BareLf, Severity::Grave},
        {Malformation::MissingDate, Severity::Wrong},
        {Malformation::MissingMessageId, Severity::Odd}};
    for (const auto& [what, severity] : examples) {
        EXPECT_EQ(facts_of(what).severity, severity);
        EXPECT_FALSE(refuses(MalformedLevel::Off, what));
        EXPECT_FALSE(refuses(MalformedLevel::Annotate, what));
        EXPECT_EQ(refuses(MalformedLevel::Lenient, what), severity == Severity::Grave);
        EXPECT_EQ(refuses(MalformedLevel::Strict, what), severity != Severity::Odd);
    }
}

TEST(Malformations, have_names_and_sentences_of_their_own) {
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < malformations; ++i) {
        const auto& facts = facts_of(static_cast<Malformation>(i));
        EXPECT_TRUE(std::ranges::all_of(facts.name, [](char c) {
            return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
        })) << facts.name;
        EXPECT_FALSE(facts.meaning.empty());
        EXPECT_FALSE(facts.meaning.ends_with('.')) << facts.meaning;
        all.push_back(facts.name);
        all.push_back(facts.meaning);
    }
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

}  // namespace
}  // namespace cursus
