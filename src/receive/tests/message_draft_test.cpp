#include "receive/message_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "receive/tests/session_world.h"

namespace cursus {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view trace = "Received: from a (b [198.51.100.7])\r\n\tby c; now\r\n";

class MessageDraftTest : public testing::Test {
protected:
    void SetUp() override { intake_ = sim_.run(queue_.begin()).value(); }
    void message(std::string_view behind_trace) {
        EXPECT_TRUE(sim_.run(intake_->append(std::string(trace) + std::string(behind_trace))));
    }
    bool edit(HeaderEdit change, MessageDraft::Counting counting) {
        return sim_.run(draft_().edit({std::move(change)}, counting)).has_value();
    }
    std::string text() {
        std::string text;
        while (text.size() < intake_->size())
            text += *sim_.run(intake_->so_far()->piece(text.size())).value();
        return text;
    }
    MessageDraft draft_() { return {*intake_, trace}; }

    SimWorld sim_;
    MemoryQueue queue_;
    std::unique_ptr<Intake> intake_;
};

TEST_F(MessageDraftTest, is_edited_behind_our_received) {
    message("Subject: x\r\n\r\nbody\r\n");
    EXPECT_TRUE(edit(HeaderEdit::append("X-A", "1"), MessageDraft::Counting::WithoutReceived));
    EXPECT_EQ(text(), std::string(trace) + "Subject: x\r\nX-A: 1\r\n\r\nbody\r\n");
}

TEST_F(MessageDraftTest, whose_received_was_removed_has_a_header_all_the_same) {
    message("S: x\r\n\r\nT: no field\r\n");
    EXPECT_TRUE(edit(HeaderEdit::change(1, "Received", ""), MessageDraft::Counting::WithReceived));
    EXPECT_TRUE(edit(HeaderEdit::append("X-A", "1"), MessageDraft::Counting::WithoutReceived));
    EXPECT_EQ(text(), "S: x\r\nX-A: 1\r\n\r\nT: no field\r\n");
}

TEST_F(MessageDraftTest, whose_received_has_fields_above_it_is_not_cut_within_it) {
    message("S: x\r\n\r\nbody\r\n");
    EXPECT_TRUE(edit(HeaderEdit::insert(0, "X-Top", std::string(trace.size() - 9, 'x')),
                     MessageDraft::Counting::WithReceived));
    EXPECT_TRUE(edit(HeaderEdit::insert(0, "X-A", "1"), MessageDraft::Counting::WithoutReceived));
    EXPECT_THAT(text(), StartsWith("X-Top: x"));
    EXPECT_THAT(text(), HasSubstr(std::string(trace) + "X-A: 1\r\nS: x\r\n\r\nbody\r\n"));
}

TEST_F(MessageDraftTest, whose_header_is_too_long_is_edited_between_its_fields) {
    std::string header;
    while (header.size() < header_octets_max + 1000) header += "X-Long: " + std::string(91, 'x') + "\r\n";
    message(header + "\r\nbody\r\n");
    EXPECT_TRUE(edit(HeaderEdit::append("X-A", "1"), MessageDraft::Counting::WithoutReceived));
    std::string whole = text();
    const auto at = whole.find("X-A: 1\r\n");
    ASSERT_NE(at, std::string::npos);
    EXPECT_THAT(whole.substr(at), StartsWith("X-A: 1\r\nX-Long: xx"));
    whole.erase(at, std::string_view("X-A: 1\r\n").size());
    EXPECT_EQ(whole, std::string(trace) + header + "\r\nbody\r\n");
}

TEST_F(MessageDraftTest, whose_header_is_too_long_keeps_its_body) {
    const std::string long_message = std::string(header_octets_max, 'x') + "\r\n\r\nbody\r\n";
    message(long_message);
    EXPECT_FALSE(sim_.run(draft_().replace_body({})));
    EXPECT_EQ(text(), std::string(trace) + long_message);
}

}  // namespace
}  // namespace cursus
