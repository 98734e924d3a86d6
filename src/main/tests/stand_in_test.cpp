#include "main/stand_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scan/content_survey.h"

namespace cursus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t unbounded = 1'000'000;

StandIn with(std::vector<std::string> attachments, std::uint64_t octets = 0) {
    return {"a@b.example", octets, std::move(attachments), {"one.example", "two.example"}};
}

std::vector<std::string> names_in(const std::string& message) {
    ContentSurvey survey({.attachments = true, .findings = true}, {});
    survey.feed(message);
    survey.finish();
    EXPECT_THAT(survey.findings(), IsEmpty());
    std::vector<std::string> found;
    for (const auto& part : survey.attachments())
        for (const auto& name : part.file_names) found.push_back(part.media_type + " " + name);
    return found;
}

TEST(StandIn, has_the_attachments_that_were_noted) {
    const std::vector<std::string> noted{"application/pdf my bill.pdf", "application/zip \xc3\xbc%\" .exe",
                                         "image/png " + std::string(300, 'n') + ".png"};
    EXPECT_EQ(names_in(stand_in(with(noted), unbounded)), noted);
}

TEST(StandIn, has_a_type_that_is_none_as_octets) {
    EXPECT_THAT(names_in(stand_in(with({"text\r\nX:y x.exe"}), unbounded)),
                ElementsAre("application/octet-stream x.exe"));
}

TEST(StandIn, has_the_links_that_were_noted) {
    EXPECT_THAT(stand_in(with({}), unbounded),
                HasSubstr("\r\nhttp://one.example/\r\nhttp://two.example/\r\n"));
}

TEST(StandIn, is_as_large_as_the_message_was) {
    for (const auto& attachments : {std::vector<std::string>{}, {"application/pdf x.pdf"}})
        for (const std::uint64_t octets : {1000U, 1001U, 1077U, 1078U, 1079U, 50'000U}) {
            const std::string message = stand_in(with(attachments, octets), unbounded);
            EXPECT_EQ(message.size(), octets);
            EXPECT_TRUE(message.ends_with("\r\n"));
            EXPECT_EQ(names_in(message).size(), attachments.size());
        }
}

TEST(StandIn, is_no_larger_than_it_may_be) {
    EXPECT_EQ(stand_in(with({}, 50'000), 10'000).size(), 10'000U);
    EXPECT_LT(stand_in(with({}, 50'000), 10).size(), 1000U);
}

}  // namespace
}  // namespace cursus
