#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mail/tests/typed_message.h"
#include "scan/content_survey.h"

namespace cursus {
namespace {

class GatheredText final : public TextSink {
public:
    void feed(std::string_view decoded_text) override { text += decoded_text; }
    void part_ends() override { text += '|'; }
    std::string text;
};

struct Surveyed {
    std::string header, attachments, findings, text;
    bool is_complete = false;
};

Surveyed survey(std::string_view text, bool wants_text, SurveyNeeds needs, std::size_t step) {
    GatheredText gathered;
    needs.text = wants_text ? &gathered : nullptr;
    ContentSurvey content(needs, {});
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) content.feed(text.substr(0, step));
    content.finish();
    Surveyed result;
    result.header = content.header();
    for (const auto& attachment : content.attachments()) {
        result.attachments += attachment.media_type;
        for (const auto& name : attachment.file_names) result.attachments += fmt::format(" [{}]", name);
        result.attachments += '\n';
    }
    for (const auto& finding : content.findings())
        result.findings += fmt::format("{} ", facts_of(finding.what).name);
    result.text = gathered.text;
    result.is_complete = content.is_complete();
    return result;
}

const SurveyNeeds everything{.header = true, .attachments = true, .findings = true, .text = nullptr};

Surveyed survey(std::string_view text, bool wants_text = true, SurveyNeeds needs = everything) {
    const auto whole = survey(text, wants_text, needs, std::string_view::npos);
    for (const std::size_t step : {1, 2, 7, 100}) {
        const auto torn = survey(text, wants_text, needs, step);
        EXPECT_EQ(torn.header, whole.header);
        EXPECT_EQ(torn.attachments, whole.attachments);
        EXPECT_EQ(torn.findings, whole.findings);
        EXPECT_EQ(torn.text, whole.text);
        EXPECT_EQ(torn.is_complete, whole.is_complete);
    }
    return whole;
}

const std::string with_attachments = typed_message(R"(
From: ann@a.example
Date: Tue, 1 Jul 2003 10:52:37 +0200
Message-ID: <1@a.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See http://x.example/
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGEgaHJlZj0iaHR0cDovL3kuZXhhbXBsZS8iPg==
--b
Content-Type: image/png; name=a.png

x
--b
Content-Type: text/plain
Content-Disposition: attachment; filename*0=a.e; filename*1=xe

y
--b
Content-Type: message/rfc822

Subject: z

z
--b--
)");

TEST(ContentSurvey, gathers_all_that_is_asked_for) {
    const auto surveyed = survey(with_attachments);
    EXPECT_EQ(surveyed.header, with_attachments.substr(0, with_attachments.find("\r\n\r\n") + 4));
    EXPECT_EQ(surveyed.attachments, "image/png [a.png]\ntext/plain [a.exe]\nmessage/rfc822\n");
    EXPECT_EQ(surveyed.findings, "");
    EXPECT_EQ(surveyed.text, "See http://x.example/|<a href=\"http://y.example/\">|y|z|");
    EXPECT_TRUE(surveyed.is_complete);
}

TEST(ContentSurvey, gathers_nothing_else) {
    const auto nothing = survey(with_attachments, false, {});
    EXPECT_EQ(nothing.header + nothing.attachments + nothing.findings + nothing.text, "");
    EXPECT_TRUE(nothing.is_complete);
    const auto header = survey(with_attachments, false, {.header = true});
    EXPECT_EQ(header.header, with_attachments.substr(0, with_attachments.find("\r\n\r\n") + 4));
    EXPECT_EQ(header.attachments, "");
    const auto attachments = survey("X : y\r\n" + with_attachments, false, {.attachments = true});
    EXPECT_EQ(attachments.attachments, "image/png [a.png]\ntext/plain [a.exe]\nmessage/rfc822\n");
    EXPECT_EQ(attachments.findings, "");
    const auto findings = survey("X : y\r\n" + with_attachments, false, {.findings = true});
    EXPECT_EQ(findings.findings, "space-before-colon ");
    EXPECT_EQ(findings.attachments, "");
    const auto text = survey("X : y\r\n" + with_attachments, true, {});
    EXPECT_TRUE(text.text.starts_with("See "));
    EXPECT_EQ(text.attachments + text.findings, "");
}

TEST(ContentSurvey, takes_a_message_that_is_nothing_else_for_an_attachment) {
    EXPECT_EQ(survey("Content-Type: application/pdf\r\n\r\nx").attachments, "application/pdf\n");
    EXPECT_EQ(survey("Content-Type: text/html; name=x.hta\r\n\r\nx").attachments, "text/html [x.hta]\n");
    EXPECT_EQ(survey("\r\nx").attachments, "");
    EXPECT_EQ(survey("Content-Type: multipart/mixed; boundary=b; name=a.exe\r\n\r\n--b--\r\n").attachments,
              "multipart/mixed [a.exe]\n");
}

TEST(ContentSurvey, takes_a_multipart_without_a_boundary_for_text) {
    EXPECT_EQ(survey("Content-Type: multipart/mixed\r\n\r\nhttp://x.example/").text, "http://x.example/|");
}

TEST(ContentSurvey, finds_the_ascii_in_text_of_wide_characters) {
    const std::string body("h\0t\0t\0p\0:\0/\0/\0x\0", 16);
    EXPECT_EQ(
        survey("Content-Type: text/plain; charset=UTF-16LE\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body)
            .text,
        "http://x|");
    EXPECT_EQ(survey("Content-Transfer-Encoding: 8bit\r\n\r\n" + body).text, body + "|");
}

TEST(ContentSurvey, says_that_it_did_not_see_everything) {
    const std::string long_name(1000, 'x');
    std::string text = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (std::size_t i = 0; i < attachment_octets_max / 1000 + 1; ++i)
        text += "--b\r\nContent-Type: a/b; name=" + long_name + "\r\n\r\n";
    const auto names = survey(text + "--b--\r\n", false, {.attachments = true}, 1 << 20);
    EXPECT_FALSE(names.is_complete);
    EXPECT_LT(names.attachments.size(), attachment_octets_max + 10'000);
    std::string deep;
    for (std::uint32_t i = 0; i <= mime_depth_max + 1; ++i) deep += "Content-Type: message/rfc822\r\n\r\n";
    EXPECT_FALSE(survey(deep, false, {.attachments = true}).is_complete);
    EXPECT_FALSE(survey(deep, false, {.findings = true}).is_complete);
    EXPECT_TRUE(survey(deep, false, {.header = true}).is_complete);
}

TEST(ContentSurvey, keeps_a_bounded_header) {
    const std::string endless(2 * header_octets_max, 'x');
    for (const std::size_t step : {1000UL, 1UL << 30})
        EXPECT_EQ(survey(endless, false, {.header = true}, step).header.size(), header_octets_max);
}

}  // namespace
}  // namespace cursus
