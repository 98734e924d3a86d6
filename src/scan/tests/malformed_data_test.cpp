#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mail/tests/mime_data.h"
#include "scan/malformed.h"

namespace cursus {
namespace {

std::vector<Finding> findings_in(std::string_view text, std::size_t step) {
    MalformedChecker checker({});
    for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) checker.feed(text.substr(0, step));
    checker.finish();
    return checker.findings();
}

std::string text_of(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += fmt::format("{} {} {}\n", facts_of(finding.what).name, finding.count, finding.detail);
    return text;
}

bool is_refused(const DataMessage& message, MalformedLevel level) {
    const auto findings = findings_in(message.text, message.text.size());
    return std::ranges::any_of(findings,
                               [=](const Finding& finding) { return refuses(level, finding.what); });
}

TEST(MalformedData, is_checked_alike_in_whatever_pieces) {
    for (const char* folder : {"rfc", "malformed"}) {
        for (const auto& message : data_messages(folder)) {
            const auto whole = text_of(findings_in(message.text, message.text.size()));
            for (const std::size_t step : {1, 3, 77})
                EXPECT_EQ(text_of(findings_in(message.text, step)), whole) << message.name;
        }
    }
}

TEST(MalformedData, of_the_standards_passes_where_only_the_grave_is_refused) {
    for (const auto& message : data_messages("rfc"))
        EXPECT_FALSE(is_refused(message, MalformedLevel::Lenient))
            << message.name << "\n"
            << text_of(findings_in(message.text, message.text.size()));
}

TEST(MalformedData, that_is_malformed_is_refused_where_all_that_is_wrong_is) {
    for (const auto& message : data_messages("malformed"))
        EXPECT_TRUE(is_refused(message, MalformedLevel::Strict)) << message.name;
}

}  // namespace
}  // namespace cursus
