#include "receive/phase.h"

#include <map>
#include <utility>

#include <gtest/gtest.h>

namespace cursus {
namespace {

constexpr int phases = static_cast<int>(Phase::Closing) + 1;
constexpr int steps = static_cast<int>(Step::Quit) + 1;

// Every pair that is in order, and where it leads; every pair that is not here is out of order.
const std::map<std::pair<Phase, Step>, Phase>& order() {
    static const std::map<std::pair<Phase, Step>, Phase> table = {
        {{Phase::Connected, Step::Hello}, Phase::Greeted},
        {{Phase::Greeted, Step::Hello}, Phase::Greeted},
        {{Phase::MailGiven, Step::Hello}, Phase::Greeted},
        {{Phase::RcptGiven, Step::Hello}, Phase::Greeted},
        {{Phase::ChunkGiven, Step::Hello}, Phase::Greeted},
        {{Phase::ChunkFailed, Step::Hello}, Phase::Greeted},
        {{Phase::Connected, Step::StartTls}, Phase::Connected},
        {{Phase::Greeted, Step::StartTls}, Phase::Connected},
        {{Phase::Connected, Step::StartOver}, Phase::Connected},
        {{Phase::Greeted, Step::StartOver}, Phase::Connected},
        {{Phase::Greeted, Step::Mail}, Phase::MailGiven},
        {{Phase::MailGiven, Step::Rcpt}, Phase::RcptGiven},
        {{Phase::RcptGiven, Step::Rcpt}, Phase::RcptGiven},
        {{Phase::RcptGiven, Step::Data}, Phase::Greeted},
        {{Phase::RcptGiven, Step::Chunk}, Phase::ChunkGiven},
        {{Phase::ChunkGiven, Step::Chunk}, Phase::ChunkGiven},
        {{Phase::RcptGiven, Step::LastChunk}, Phase::Greeted},
        {{Phase::ChunkGiven, Step::LastChunk}, Phase::Greeted},
        {{Phase::MailGiven, Step::FailedChunk}, Phase::ChunkFailed},
        {{Phase::RcptGiven, Step::FailedChunk}, Phase::ChunkFailed},
        {{Phase::ChunkGiven, Step::FailedChunk}, Phase::ChunkFailed},
        {{Phase::ChunkFailed, Step::FailedChunk}, Phase::ChunkFailed},
        {{Phase::Connected, Step::Reset}, Phase::Connected},
        {{Phase::Greeted, Step::Reset}, Phase::Greeted},
        {{Phase::MailGiven, Step::Reset}, Phase::Greeted},
        {{Phase::RcptGiven, Step::Reset}, Phase::Greeted},
        {{Phase::ChunkGiven, Step::Reset}, Phase::Greeted},
        {{Phase::ChunkFailed, Step::Reset}, Phase::Greeted},
        {{Phase::Connected, Step::Quit}, Phase::Closing},
        {{Phase::Greeted, Step::Quit}, Phase::Closing},
        {{Phase::MailGiven, Step::Quit}, Phase::Closing},
        {{Phase::RcptGiven, Step::Quit}, Phase::Closing},
        {{Phase::ChunkGiven, Step::Quit}, Phase::Closing},
        {{Phase::ChunkFailed, Step::Quit}, Phase::Closing},
    };
    return table;
}

TEST(Phase, follows_the_order_of_commands_over_the_whole_table) {
    for (int p = 0; p < phases; ++p) {
        for (int s = 0; s < steps; ++s) {
            const auto phase = static_cast<Phase>(p);
            const auto step = static_cast<Step>(s);
            const auto wanted = order().find({phase, step});
            const auto got = after(phase, step);
            ASSERT_EQ(got.has_value(), wanted != order().end()) << "phase " << p << ", step " << s;
            if (got) EXPECT_EQ(*got, wanted->second) << "phase " << p << ", step " << s;
        }
    }
}

TEST(Phase, ends_only_once) {
    for (int s = 0; s < steps; ++s) EXPECT_FALSE(after(Phase::Closing, static_cast<Step>(s)));
}

// Nothing may be sent without a sender and an accepted recipient given since the last reset, whatever the
// order.
TEST(Phase, reaches_the_message_only_through_sender_and_recipient) {
    const auto walk = [](auto&& self, Phase phase, bool sender, bool recipient, int depth) -> void {
        if (depth == 0) return;
        for (int s = 0; s < steps; ++s) {
            const auto step = static_cast<Step>(s);
            const auto next = after(phase, step);
            if (!next) continue;
            if (step == Step::Data || step == Step::Chunk || step == Step::LastChunk)
                ASSERT_TRUE(sender && recipient) << "at depth " << depth;
            const bool drops = *next == Phase::Greeted || *next == Phase::Connected;
            self(self, *next, !drops && (sender || step == Step::Mail),
                 !drops && (recipient || step == Step::Rcpt), depth - 1);
        }
    };
    walk(walk, Phase::Connected, false, false, 7);
}

}  // namespace
}  // namespace cursus
