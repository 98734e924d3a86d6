#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mail/malformation.h"

namespace cursus {
namespace {

std::string_view severity_text(Severity severity) {
    switch (severity) {
        case Severity::Odd:
            return "odd";
        case Severity::Wrong:
            return "wrong";
        case Severity::Grave:
            return "grave";
    }
    return "";
}

TEST(MalformedDocumentation, has_each_finding_as_it_is) {
    std::ifstream file(MALFORMED_DOCUMENTATION);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t i = 0; i < malformations; ++i) {
        const auto& facts = facts_of(static_cast<Malformation>(i));
        const auto row =
            fmt::format("| `{}` | {} | {} |", facts.name, severity_text(facts.severity), facts.meaning);
        EXPECT_TRUE(text.contains(row)) << row;
    }
}

}  // namespace
}  // namespace cursus
