// Every dialogue in tests/transcripts, with the client's octets cut in three ways: how they arrive must not
// matter.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "receive/tests/transcript.h"

namespace cursus {
namespace {

std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(TRANSCRIPTS))
        found.push_back(entry.path().stem());
    std::ranges::sort(found);
    return found;
}

std::string text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(std::filesystem::path(TRANSCRIPTS) / (name + ".txt")).rdbuf();
    return text.str();
}

class Transcripts : public testing::TestWithParam<std::string> {};

TEST_P(Transcripts, goes_as_written) {
    converse(text_of(GetParam()));
}

TEST_P(Transcripts, goes_as_written_when_octets_come_one_by_one) {
    converse(text_of(GetParam()), Cut::Octets);
}

TEST_P(Transcripts, goes_as_written_however_the_octets_are_cut) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE(seed);
        converse(text_of(GetParam()), Cut::AtRandom, seed);
        if (HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Transcripts, testing::ValuesIn(names()),
                         [](const auto& made) { return std::string(made.param); });

TEST(TranscriptEngine, finds_the_dialogues) {
    EXPECT_GE(names().size(), 70U);
}

}  // namespace
}  // namespace cursus
