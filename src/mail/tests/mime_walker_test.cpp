#include <gtest/gtest.h>

#include "mail/mime_file_names.h"
#include "mail/tests/mime_record.h"
#include "mail/tests/typed_message.h"

namespace cursus {
namespace {

// Whole, and the same in pieces of one octet and some more, and torn in two at each place.
std::string walked(std::string_view lines) {
    const auto text = typed_message(lines);
    const auto whole = walk(text);
    EXPECT_TRUE(whole.open.empty());
    for (const std::size_t step : {1, 2, 3, 7, 64}) {
        const auto torn = walk(text, step);
        EXPECT_EQ(torn.text(), whole.text()) << "in steps of " << step;
        EXPECT_EQ(torn.fields, whole.fields) << "in steps of " << step;
    }
    for (std::size_t place = 0; place <= text.size(); ++place) {
        MimeRecord torn;
        MimeWalker walker(torn, whole_walk);
        walker.feed(std::string_view(text).substr(0, place));
        walker.feed(std::string_view(text).substr(place));
        walker.finish();
        EXPECT_EQ(torn.text(), whole.text()) << "torn at " << place;
    }
    return whole.text();
}

TEST(MimeWalker, finds_one_part_in_a_plain_message) {
    EXPECT_EQ(walked("Subject: x\n\nHello\n--\nAnn\n"),
              "text/plain = Hello\\x0d\\x0a--\\x0d\\x0aAnn\\x0d\\x0a\n");
    EXPECT_EQ(walked("Subject: x\n\n"), "text/plain\n");
    EXPECT_EQ(walked("Subject: x\n"), "text/plain\n");
    EXPECT_EQ(walked("\n\nHello"), "text/plain = Hello\n");
    EXPECT_EQ(walked(""), "text/plain\n");
}

TEST(MimeWalker, finds_the_parts_of_a_multipart) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary="b b"

preamble
--b b
Content-Type: text/html; charset=UTF-8

one

--b b  )"
                     "\t"
                     R"(
Content-Disposition: ATTACHMENT; filename=a.txt
Content-Transfer-Encoding: 8bit

two
--b b

three
--b b--
epilogue
)"),
              R"(multipart/mixed
  text/html charset utf-8 = one\x0d\x0a
  text/plain attachment [a.txt] = two
  text/plain = three
)");
}

TEST(MimeWalker, undoes_transfer_encodings) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=b

--b
Content-Transfer-Encoding: base64

SGVs
bG8=
--b
Content-Transfer-Encoding: Quoted-Printable

a=3Db=
c
--b--
)"),
              "multipart/mixed\n  text/plain = Hello\n  text/plain = a=bc\n");
}

TEST(MimeWalker, walks_into_messages) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/digest; boundary=b

--b

Subject: x

one
--b
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=c

--c

two
--c--
--b--
)"),
              R"(multipart/digest
  message/rfc822
    text/plain embedded = one
  message/rfc822
    multipart/mixed embedded
      text/plain embedded = two
)");
}

TEST(MimeWalker, walks_into_messages_that_are_encoded) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822
Content-Transfer-Encoding: base64

Q29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWMNCg0KLS1jDQpDb250ZW50
LVR5cGU6IGEvYjsgbmFtZT14LmV4ZQ0KDQpvbmUNCi0tYy0tDQo=
--b

two
--b--
)"),
              R"(multipart/mixed
  message/rfc822
    multipart/mixed embedded
      a/b [x.exe] embedded = one
  text/plain = two
encoding-on-composite in 1
)");
}

TEST(MimeWalker, says_what_is_wrong_with_an_encoded_message_behind_what_is_in_it) {
    EXPECT_EQ(walked("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n"
                     "Content-Type: multipart/mixed; boundary=3Da\n\n--a\n\none=x\n--"),
              "message/rfc822\n  multipart/mixed embedded\n    text/plain embedded = one=x\\x0d\\x0a--\n"
              "encoding-on-composite in 0\nmultipart-cut-short in 1\nquoted-printable-syntax in 0\n");
}

// RFC 6532 §3.7.
TEST(MimeWalker, lets_an_internationalized_message_be_encoded) {
    EXPECT_EQ(walked("Content-Type: message/global\nContent-Transfer-Encoding: quoted-printable\n\n"
                     "Content-Type: a/b; name=3Dx.exe\n\none"),
              "message/global\n  a/b [x.exe] embedded = one\n");
}

TEST(MimeWalker, reports_the_fields_of_a_message_and_its_parts_but_not_of_messages_within_it) {
    const auto record = walk(typed_message(R"(
Subject: a
 b
Content-Type: multipart/mixed; boundary=b

--b
X-One:
Content-Type: message/rfc822

Subject: c

--b--
)"));
    EXPECT_EQ(record.fields,
              "message: Subject: a\\x0d\\x0a b\nmessage: Content-Type: multipart/mixed; boundary=b\n"
              "part: X-One:\npart: Content-Type: message/rfc822\n");
}

// ---- boundary games

TEST(MimeWalker, takes_a_line_for_the_boundary_that_it_is_exactly) {
    // The inner boundary begins like the outer one, as some programs make them.
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/mixed; boundary=ab

--ab

one
--ab--
--a

two
--a--
)"),
              "multipart/mixed\n  multipart/mixed\n    text/plain = one\n  text/plain = two\nboundary-prefix "
              "in 1\n");
}

TEST(MimeWalker, takes_a_line_that_only_begins_with_a_boundary_for_a_delimiter) {
    EXPECT_EQ(
        walked("Content-Type: multipart/mixed; boundary=a\n\n--ax\n\none\n--a--x\n"),
        "multipart/mixed\n  text/plain = one\nboundary-trailing-text in 0\nboundary-trailing-text in 1\n");
}

TEST(MimeWalker, gives_a_boundary_that_is_used_twice_to_the_inner_multipart) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/mixed; boundary=a

--a

one
--a--
--a

two
--a--
)"),
              "multipart/mixed\n  multipart/mixed\n    text/plain = one\n  text/plain = "
              "two\nboundary-in-nested in 1\n");
}

TEST(MimeWalker, ends_inner_multiparts_at_an_outer_delimiter) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/mixed; boundary=b

--b

one
--a

two
--a--
)"),
              "multipart/mixed\n  multipart/mixed\n    text/plain = one\n  text/plain = two\n"
              "multipart-cut-short in 1\n");
}

TEST(MimeWalker, looks_at_what_follows_the_last_delimiter) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=a

--a--
--a

one
--a--
)"),
              "multipart/mixed\n  text/plain = one\nboundary-after-end in 0\n");
}

TEST(MimeWalker, takes_whatever_could_be_the_boundary_for_one) {
    EXPECT_EQ(walked(R"(
Content-Type: multipart/mixed; boundary=a; boundary=b

--a

one
--b

two
--a--
)"),
              "multipart/mixed\n  text/plain = one\n  text/plain = two\nduplicate-parameter in 0\n"
              "boundary-ambiguous in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\none\n--ab--\n"),
              "multipart/mixed\n  text/plain = one\nboundary-ambiguous in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=\"a \"\n\n--a \n\none\n--a--\n"),
              "multipart/mixed\n  text/plain = one\nboundary-ambiguous in 0\n");
    EXPECT_EQ(
        walked("Content-Type: multipart/mixed; boundary=\"a\\b\"\n\n--ab\n\none\n--a\\b\n\ntwo\n--ab--\n"),
        "multipart/mixed\n  text/plain = one\n  text/plain = two\nboundary-syntax in 0\n"
        "boundary-ambiguous in 0\n");
}

TEST(MimeWalker, takes_a_multipart_without_a_boundary_for_one_part) {
    EXPECT_EQ(
        walked("Content-Type: multipart/mixed\n\n--a\n\none\n--a--\n"),
        "multipart/mixed = --a\\x0d\\x0a\\x0d\\x0aone\\x0d\\x0a--a--\\x0d\\x0a\nboundary-missing in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=\"\"\n\none"),
              "multipart/mixed = one\nboundary-missing in 0\n");
}

TEST(MimeWalker, says_that_a_multipart_has_no_end_or_no_part) {
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n"),
              "multipart/mixed\n  text/plain = one\\x0d\\x0a\nmultipart-unterminated in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\none\n"),
              "multipart/mixed\nmultipart-empty in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\n--a--\n"),
              "multipart/mixed\nmultipart-empty in 0\n");
}

TEST(MimeWalker, begins_no_part_where_nothing_follows_a_delimiter) {
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a"),
              "multipart/mixed\n  text/plain = one\nmultipart-unterminated in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--"),
              "multipart/mixed\n  text/plain = one\n");
}

TEST(MimeWalker, knows_boundaries_with_unusual_marks_and_length) {
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=\"a*b\"\n\n--a*b\n\none\n--a*b--\n"),
              "multipart/mixed\n  text/plain = one\nboundary-syntax in 0\n");
    const std::string longer(71, 'x'), too_long(boundary_octets_max + 1, 'x');
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=" + longer + "\n\n--" + longer + "\n\none\n--" +
                     longer + "--\n"),
              "multipart/mixed\n  text/plain = one\nboundary-syntax in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=" + too_long + "\n\n--" + too_long + "\n"),
              "multipart/mixed\nboundary-too-long in 0\n");
}

TEST(MimeWalker, judges_an_endless_line_by_its_front) {
    const std::string padding(3000, ' ');
    EXPECT_EQ(walk(typed_message("Content-Type: multipart/mixed; boundary=a\n\n--a" + padding +
                                 "x\n\none\n--a--\n"),
                   999)
                  .text(),
              "multipart/mixed\n  text/plain = one\n");
    const std::string text(3000, 'x');
    EXPECT_EQ(walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--" + text + "\n--a--\n"),
              "multipart/mixed\n  text/plain = --" + text + "\n");
}

// ---- headers of parts

TEST(MimeWalker, ends_a_header_at_a_delimiter) {
    EXPECT_EQ(
        walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\nContent-Type: a/b; name=x\n--a--\n"),
        "multipart/mixed\n  text/plain\n  a/b [x]\npart-header-unended in 1\npart-header-unended in 2\n");
}

TEST(MimeWalker, goes_on_behind_lines_that_are_no_fields) {
    EXPECT_EQ(
        walked("Content-Type: multipart/mixed; boundary=a\n\n--a\n x\nfoo\n bar\nContent-Type : a/b;\n \n "
               "name=x\n\none\n--a--\n"),
        "multipart/mixed\n  a/b [x] = one\nfold-without-field in 1\nno-colon in 1\nfolded-blank-line in 1\n");
    EXPECT_EQ(walked("Content-Type: message/rfc822\n\n>From x\nContent-Type: a/b\n\none\n"),
              "message/rfc822\n  a/b embedded = one\\x0d\\x0a\nembedded-header-syntax in 1\n");
}

TEST(MimeWalker, takes_the_type_that_shows_most) {
    EXPECT_EQ(walked(R"(
Content-Type: text/plain; name=x
Content-Type: multipart/mixed; boundary=a
Content-Type: message/rfc822

--a

one
--a--
)"),
              "multipart/mixed [x]\n  text/plain = one\nduplicate-content-type in 0\n");
    EXPECT_EQ(walked("Content-Type: text/plain\nContent-Type: text/plain\n\none"),
              "text/plain = one\nduplicate-field in 0\n");
    EXPECT_EQ(walked("Content-Disposition: inline\nContent-Disposition: attachment\n\n"),
              "text/plain attachment\nduplicate-disposition in 0\n");
}

TEST(MimeWalker, takes_the_encoding_that_shows_most) {
    EXPECT_EQ(walked("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nSGVsbG8="),
              "text/plain = Hello\nduplicate-encoding in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: base64 x\n\nSGVsbG8="),
              "text/plain = Hello\nencoding-ambiguous in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: base64; x=y\n\nSGVsbG8="),
              "text/plain = Hello\nencoding-ambiguous in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: x-quoted-printable\n\na=41"),
              "text/plain = aA\nencoding-ambiguous in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: utf-8\n\n\xff"),
              "text/plain = \\xff\nencoding-unknown in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding:\n\na"), "text/plain = a\nencoding-unknown in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: 7bit; charset=us-ascii\n\na"),
              "text/plain = a\nparameter-syntax in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: (c) BASE64 (d)\n\nSGVsbG8="), "text/plain = Hello\n");
}

TEST(MimeWalker, mends_a_type_that_is_none) {
    for (const char* type : {"text", "", "/", "/plain", "text/", "x"})
        EXPECT_EQ(walked("Content-Type: " + std::string(type) + "\n\n"),
                  "text/plain\ncontent-type-syntax in 0\n")
            << type;
    EXPECT_EQ(walked("Content-Type: text/plain/x\n\n"), "text/plain/x\ncontent-type-syntax in 0\n");
    EXPECT_EQ(walked("Content-Type: multipart; boundary=a\n\n--a\n\none\n--a--"),
              "multipart/mixed\n  text/plain = one\ncontent-type-syntax in 0\n");
}

TEST(MimeWalker, notices_a_piece_of_a_message) {
    EXPECT_EQ(walked("Content-Type: message/partial; id=x; number=1\n\nSubject: y\n\n"),
              "message/partial = Subject: y\\x0d\\x0a\\x0d\\x0a\nmessage-partial in 0\n");
}

// ---- what parts hold

TEST(MimeWalker, checks_that_bodies_are_what_their_encoding_says) {
    EXPECT_EQ(walked("\n\n\xc3\xa4"), "text/plain = \xc3\xa4\neight-bit-in-body-undeclared in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: 8bit\n\n\xc3\xa4"), "text/plain = \xc3\xa4\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: quoted-printable\n\n\xc3\xa4=x"),
              "text/plain = \xc3\xa4=x\nquoted-printable-syntax in 0\neight-bit-in-body-undeclared in 0\n");
    EXPECT_EQ(walked("Content-Transfer-Encoding: base64\n\nZg==*Zg=="),
              "text/plain = ff\nbase64-garbage in 0\nbase64-after-padding in 0\n");
}

TEST(MimeWalker, finds_eight_bits_behind_any_number_of_others) {
    for (const std::size_t octets : {1, 255, 256, 257, 100'000}) {
        EXPECT_EQ(walk("\r\n" + std::string(octets, 'x') + "\xff").wrong,
                  "eight-bit-in-body-undeclared in 0\n");
        EXPECT_EQ(walk("\r\n" + std::string(octets, 'x')).wrong, "");
    }
}

// ---- bounds

TEST(MimeWalker, stops_at_too_many_parts) {
    std::string text = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    for (std::uint32_t i = 1; i < mime_parts_max; ++i) text += "--a\r\n\r\n";
    EXPECT_EQ(walk(text + "--a--\r\n").wrong, "");
    const auto record = walk(text + "--a\r\n\r\n--a\r\n\r\n");
    EXPECT_EQ(record.wrong, fmt::format("mime-parts in {}\n", mime_parts_max - 1));
    EXPECT_TRUE(record.open.empty());
    EXPECT_EQ(record.file_names.size(), mime_parts_max);
}

std::string nested(std::uint32_t depth) {
    std::string text;
    for (std::uint32_t i = 0; i < depth; ++i)
        text += fmt::format("Content-Type: multipart/mixed; boundary=x{}x\r\n\r\n--x{}x\r\n", i, i);
    return text + "\r\nbody";
}

TEST(MimeWalker, stops_at_parts_too_deep) {
    EXPECT_EQ(walk(nested(mime_depth_max)).wrong.find("mime-depth"), std::string::npos);
    const auto record = walk(nested(mime_depth_max + 1));
    EXPECT_EQ(record.wrong, fmt::format("mime-depth in {}\n", mime_depth_max));
    EXPECT_TRUE(record.open.empty());
    std::string messages;
    for (std::uint32_t i = 0; i < 100'000; ++i) messages += "Content-Type: message/rfc822\r\n\r\n";
    EXPECT_EQ(walk(messages).wrong, fmt::format("mime-depth in {}\n", mime_depth_max));
    EXPECT_EQ(walk(messages, 1).wrong, fmt::format("mime-depth in {}\n", mime_depth_max));
}

TEST(MimeWalker, counts_depth_through_encoded_messages) {
    std::string text = "\r\n";
    for (std::uint32_t i = 0; i < mime_depth_max + 1; ++i) {
        std::string quoted;
        for (const char c : text) quoted += c == '=' ? "=3D" : std::string(1, c);
        text = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted;
    }
    const auto record = walk(text);
    EXPECT_TRUE(record.wrong.ends_with(fmt::format("mime-depth in {}\n", mime_depth_max))) << record.wrong;
    EXPECT_TRUE(record.open.empty());
}

TEST(MimeWalker, stops_at_headers_too_long) {
    const std::string filler = "X: " + std::string(95, 'x') + "\r\n";
    std::string header;
    while (header.size() + filler.size() <= header_octets_max) header += filler;
    EXPECT_EQ(walk(header).wrong, "");
    for (const std::size_t step : {1, 1000, 1'000'000}) {
        const auto record = walk(header + filler, step);
        EXPECT_EQ(record.wrong, "header-too-long in 0\n");
        EXPECT_EQ(record.parts, "");
    }
    const std::string part = "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n";
    for (const std::size_t step : {1, 1000, 1'000'000}) {
        const auto record = walk(part + header, step);
        EXPECT_EQ(record.wrong, "part-header-too-long in 1\n");
        EXPECT_EQ(record.parts, "multipart/mixed\n");
        EXPECT_TRUE(record.open.empty());
    }
}

TEST(MimeWalker, stops_at_too_many_parameters_and_names) {
    std::string type = "Content-Type: a/b";
    for (std::size_t i = 0; i <= mime_parameters_max; ++i) type += fmt::format("; p{}=v", i);
    EXPECT_EQ(walked(type + "\n\none"), "a/b\nmime-parameters in 0\n");
    std::string names = "Content-Type: a/b";
    for (std::size_t i = 0; i <= file_names_max; ++i) names += fmt::format("; name*=x{}", i);
    const auto record = walk(typed_message(names + "\n\none"));
    EXPECT_EQ(record.wrong, "duplicate-parameter in 0\nfile-names in 0\n");
    EXPECT_EQ(record.file_names.front().size(), file_names_max);
}

TEST(MimeWalker, knows_how_long_the_header_is) {
    MimeRecord record;
    MimeWalker walker(record, {});
    walker.feed("Subject: x\r\n");
    EXPECT_EQ(walker.header_octets(), 12U);
    walker.feed("\r\nContent");
    EXPECT_EQ(walker.header_octets(), 14U);
    EXPECT_EQ(record.fields, "");
}

}  // namespace
}  // namespace cursus
