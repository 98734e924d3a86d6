// A message before it is committed: read, changed, begun again.
#include <gtest/gtest.h>

#include "queue/intake.h"
#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class IntakeTest : public testing::Test, public QueueWorld {
protected:
    void SetUp() override { open(); }

    std::unique_ptr<Intake> begin() { return sim.run(queue->begin()).value(); }
    void append(Intake& intake, std::string bytes) {
        const auto appended = sim.run(intake.append(std::move(bytes)));
        ASSERT_TRUE(appended) << appended.error().what;
    }
    void replace_head(Intake& intake, std::uint64_t octets, std::string with) {
        const auto replaced = sim.run(intake.replace_head(octets, std::move(with)));
        ASSERT_TRUE(replaced) << replaced.error().what;
    }
    void restart(Intake& intake) {
        const auto begun = sim.run(intake.restart());
        ASSERT_TRUE(begun) << begun.error().what;
    }
    void commit(std::unique_ptr<Intake> intake) {
        const auto kept =
            sim.run(intake->commit(envelope_from("ann@a.example"), recipients_of({"bob@b.example"})));
        ASSERT_TRUE(kept) << kept.error().what;
    }
    // What arrives, after a restart too; the message is gone then.
    void expect_delivered(const std::string& text) {
        auto work = next_work();
        ASSERT_TRUE(work);
        EXPECT_TRUE(body_of(*work->body) == text);
        work.reset();
        reopen();
        expect_whole(sim.disk());
        work = next_work();
        ASSERT_TRUE(work);
        EXPECT_EQ(work->envelope->size, text.size());
        EXPECT_TRUE(body_of(*work->body) == text);
        settle(*work, SettledDelivered{});
        work.reset();
        EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
        expect_empty_store();
    }
    static std::string text_of(std::size_t octets, char first = 'a') {
        std::string text(octets, '\0');
        for (std::size_t i = 0; i < octets; ++i)
            text[i] = static_cast<char>(first + static_cast<char>(i * 7 % 23));
        return text;
    }
};

TEST_F(IntakeTest, what_has_arrived_is_read_from_memory_without_a_copy) {
    auto intake = begin();
    append(*intake, "Subject: x\r\n\r\n" + text_of(5'000));
    append(*intake, text_of(6'000));
    const auto first = intake->so_far(), second = intake->so_far();
    EXPECT_EQ(first->size(), 11'014u);
    const auto one = sim.run(first->piece(0)).value(), other = sim.run(second->piece(0)).value();
    EXPECT_EQ(one->data(), other->data());
    EXPECT_EQ(queue->gauges().body_bytes_held, 11'014u);
    append(*intake, "more");
    EXPECT_EQ(body_of(*first), "Subject: x\r\n\r\n" + text_of(5'000) + text_of(6'000)) << "as it was then";
    EXPECT_EQ(body_of(*intake->so_far()), body_of(*first) + "more");
    EXPECT_EQ(sim.disk().counts.writes, 1u) << "that of the start";
}

TEST_F(IntakeTest, what_has_arrived_is_read_from_the_store_and_from_memory) {
    auto intake = begin();
    std::string all;
    for (int i = 0; i < 12; ++i) {
        append(*intake, text_of(70'000, static_cast<char>('A' + i)));
        all += text_of(70'000, static_cast<char>('A' + i));
        ASSERT_TRUE(body_of(*intake->so_far()) == all) << i;
    }
    EXPECT_EQ(sim.disk().blobs.size(), 3u);
    const auto body = intake->so_far();
    for (const std::uint64_t offset : {0, 1, 262'143, 262'144, 500'000, 786'431, 786'432, 839'999}) {
        const auto piece = sim.run(body->piece(offset)).value();
        ASSERT_FALSE(piece->empty());
        EXPECT_LE(piece->size(), body_piece_bytes);
        EXPECT_TRUE(*piece == all.substr(offset, piece->size())) << offset;
    }
    EXPECT_TRUE(sim.run(body->piece(all.size())).value()->empty());
    EXPECT_TRUE(sim.run(body->piece(~std::uint64_t{0})).value()->empty());
    intake.reset();
    EXPECT_FALSE(sim.run(body->piece(0))) << "its pieces go with it";
}

TEST_F(IntakeTest, memory_that_a_reader_holds_stays_counted_until_it_lets_go) {
    auto intake = begin();
    append(*intake, text_of(200'000));
    auto body = intake->so_far();
    append(*intake, text_of(200'000));
    EXPECT_EQ(queue->gauges().body_bytes_held, 200'000u + 400'000u - body_piece_bytes)
        << "a piece is in the store, and the most of it still read";
    intake.reset();
    sim.run_for(100ms);
    EXPECT_EQ(queue->gauges().body_bytes_held, 200'000u);
    body.reset();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    expect_empty_store();
}

TEST_F(IntakeTest, a_small_message_with_another_head_is_one_piece_in_memory) {
    auto intake = begin();
    append(*intake, "Subject: old\r\n\r\nBody\r\n");
    replace_head(*intake, 14, "X-Scanned: yes\r\nSubject: new\r\n");
    EXPECT_EQ(intake->size(), 38u);
    EXPECT_EQ(body_of(*intake->so_far()), "X-Scanned: yes\r\nSubject: new\r\n\r\nBody\r\n");
    commit(std::move(intake));
    EXPECT_EQ(sim.disk().blobs.size(), 1u);
    EXPECT_EQ(queue->gauges().body_bytes_held, 38u);
    const auto all = contents_of(sim.disk());
    EXPECT_FALSE(all.messages.begin()->second.head);
    expect_delivered("X-Scanned: yes\r\nSubject: new\r\n\r\nBody\r\n");
}

TEST_F(IntakeTest, a_head_is_replaced_as_often_as_wanted) {
    auto intake = begin();
    append(*intake, "one\r\ntwo\r\nthree\r\n");
    replace_head(*intake, 5, "ONE\r\n");
    replace_head(*intake, 0, "zero\r\n");
    EXPECT_EQ(body_of(*intake->so_far()), "zero\r\nONE\r\ntwo\r\nthree\r\n");
    replace_head(*intake, 16, "all\r\n");
    EXPECT_EQ(body_of(*intake->so_far()), "all\r\nthree\r\n");
    append(*intake, "four\r\n");
    replace_head(*intake, 3, "");
    EXPECT_EQ(intake->size(), 15u);
    EXPECT_EQ(queue->gauges().body_bytes_held, 17u + 6 + 2) << "what was appended, and the head as it is now";
    commit(std::move(intake));
    expect_delivered("\r\nthree\r\nfour\r\n");
}

TEST_F(IntakeTest, everything_may_be_replaced_by_nothing) {
    auto intake = begin();
    append(*intake, "one\r\n");
    replace_head(*intake, 5, "");
    EXPECT_EQ(intake->size(), 0u);
    commit(std::move(intake));
    expect_delivered("");
}

TEST_F(IntakeTest, a_large_message_may_get_another_head_though_its_first_piece_is_in_the_store) {
    const auto tail = text_of(700'000);
    for (const std::size_t in_place_of : {0UL, 1'000UL, 262'144UL, 300'000UL, 701'000UL}) {
        for (const std::size_t octets : {0UL, 1UL, 3'000UL, 400'000UL}) {
            SCOPED_TRACE(std::to_string(octets) + " in place of " + std::to_string(in_place_of));
            auto intake = begin();
            append(*intake, text_of(1'000, 'A') + tail);
            replace_head(*intake, in_place_of, text_of(octets, '!'));
            const auto whole = text_of(octets, '!') + (text_of(1'000, 'A') + tail).substr(in_place_of);
            EXPECT_TRUE(body_of(*intake->so_far()) == whole);
            commit(std::move(intake));
            expect_delivered(whole);
        }
    }
}

TEST_F(IntakeTest, a_head_that_outgrows_the_piece_makes_another_one) {
    const auto body = text_of(262'000);
    auto intake = begin();
    append(*intake, body);
    replace_head(*intake, 100, text_of(5'000, '!'));
    EXPECT_TRUE(sim.disk().blobs.empty()) << "until the commit";
    commit(std::move(intake));
    EXPECT_EQ(sim.disk().blobs.size(), 2u);
    expect_delivered(text_of(5'000, '!') + body.substr(100));
}

TEST_F(IntakeTest, branches_keep_the_head_of_their_message) {
    auto intake = begin();
    append(*intake, text_of(300'000));
    replace_head(*intake, 10, "Head");
    commit(std::move(intake));
    auto work = next_work();
    ASSERT_TRUE(work);
    settle(*work, SettledExpanded{{Branch{mailbox("carl@c.example"), {}, {}, {}}}});
    work.reset();
    expect_delivered("Head" + text_of(300'000).substr(10));
}

TEST_F(IntakeTest, begins_again_with_the_same_id) {
    for (const std::size_t before : {100UL, 300'000UL, 900'000UL}) {
        for (const std::size_t after : {0UL, 50UL, 300'000UL, 1'200'000UL}) {
            SCOPED_TRACE(std::to_string(before) + ", then " + std::to_string(after));
            auto intake = begin();
            const auto id = intake->id();
            append(*intake, text_of(before, 'A'));
            replace_head(*intake, 5, "Head");
            const auto old = intake->so_far();
            restart(*intake);
            EXPECT_EQ(intake->id(), id);
            EXPECT_EQ(intake->size(), 0u);
            EXPECT_EQ(sim.disk().blobs.size(), 0u);
            EXPECT_EQ(keys("u"), 0u);
            append(*intake, text_of(after));
            EXPECT_EQ(sim.run(old->piece(10)).has_value(), before < body_piece_bytes)
                << "never the new octets for the old ones";
            EXPECT_TRUE(body_of(*intake->so_far()) == text_of(after));
            commit(std::move(intake));
            expect_whole(sim.disk());
            expect_delivered(text_of(after));
        }
    }
}

TEST_F(IntakeTest, a_head_waits_for_memory_and_is_refused_without_it) {
    close();
    settings.limits.memory = 1'000'000;
    open();
    auto intake = begin();
    append(*intake, text_of(200'000));
    auto other = begin();
    append(*other, text_of(250'000));
    auto third = begin();
    append(*third, text_of(250'000));
    const auto began = sim.now();
    const auto refused = sim.run(intake->replace_head(0, text_of(200'000)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, QueueErrorKind::OverBudget);
    EXPECT_EQ(sim.now() - began, QueueIntake::budget_patience);
    EXPECT_EQ(queue->gauges().body_bytes_held, 700'000u);
}

TEST_F(IntakeTest, when_the_store_refuses_to_begin_again_the_message_is_refused_and_nothing_is_left) {
    auto intake = begin();
    append(*intake, text_of(600'000));
    sim.disk().trouble = StoreErrorKind::Failed;
    EXPECT_FALSE(sim.run(intake->restart()));
    EXPECT_FALSE(sim.run(intake->append("x")));
    EXPECT_FALSE(sim.run(intake->commit(envelope_from("ann@a.example"), recipients_of({"bob@b.example"}))));
    sim.disk().trouble.reset();
    intake.reset();
    sim.run_for(10s);
    expect_empty_store();
    EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
}

TEST_F(IntakeTest, a_recipient_may_be_held_from_the_start_beside_one_that_is_delivered) {
    auto recipients = recipients_of({"bob@b.example", "carl@b.example"});
    recipients[0].hold = Hold{"rule 'viruses'", "Eicar", sim.wall_now() + 24h};
    ASSERT_TRUE(try_accept(envelope_from("ann@a.example"), std::move(recipients), "x\r\n"));
    expect_whole(sim.disk());
    for (int round = 0; round < 2; ++round) {
        auto work = next_work();
        ASSERT_TRUE(work);
        ASSERT_EQ(work->recipients.size(), 1u);
        EXPECT_EQ(work->recipients[0].address, mailbox("carl@b.example"));
        if (round == 1) settle(*work, SettledDelivered{});
        work.reset();
        reopen();
    }
    EXPECT_FALSE(next_work(5h));
    EXPECT_EQ(events.count<Completed>(), 0u);
    EXPECT_EQ(keys("r"), 1u);
    EXPECT_EQ(keys("h"), 1u);
}

// Random changes against a string, with the kill of the process at any step.
class RandomIntake : public QueueWorld {
public:
    explicit RandomIntake(std::uint64_t seed) : QueueWorld(seed, {.reactors = 1 + seed % 2}) {
        settings.limits.memory = 4'000'000;
        open();
    }
    void run(int messages) {
        for (int i = 0; i < messages && !testing::Test::HasFailure(); ++i) {
            if (chance(3) == 0) sim.kill_after(1 + chance(60));
            try {
                one_message();
                sim.spare();
            } catch (const Killed&) {
                graveyard::keep(std::move(intake_));
                graveyard::keep(std::move(read_));
                open_after_kill();
                expect_whole(sim.disk());
            }
            deliver();
        }
        EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
        expect_empty_store();
    }

private:
    std::uint64_t chance(std::uint64_t bound) { return sim.random().below(bound); }
    std::string octets(std::uint64_t count) {
        std::string text(count, static_cast<char>('a' + chance(26)));
        for (std::size_t i = 0; i < count; i += 1'000) text[i] = static_cast<char>('A' + chance(26));
        return text;
    }

    void one_message() {
        text_.clear();
        intake_ = sim.run(queue->begin()).value();
        for (auto steps = 1 + chance(8); steps > 0; --steps) {
            change();
            EXPECT_EQ(intake_->size(), text_.size());
        }
        if (chance(6) == 0) return intake_.reset();
        const auto kept =
            sim.run(intake_->commit(envelope_from("ann@a.example"), recipients_of({"bob@b.example"})));
        EXPECT_TRUE(kept);
        must_be_there_ = kept.has_value();
        intake_.reset();
    }
    void change() {
        switch (chance(6)) {
            case 0: {
                const auto head = octets(chance(3) == 0 ? chance(300'000) : chance(3'000));
                const auto count = chance(1 + std::min<std::uint64_t>(text_.size(), 500'000));
                EXPECT_TRUE(sim.run(intake_->replace_head(count, head)));
                text_.replace(0, count, head);
                return;
            }
            case 1:
                read_ = intake_->so_far();
                if (chance(2) == 0) EXPECT_TRUE(body_of(*read_) == text_);
                return;
            case 2:
                if (chance(3) != 0) return read_.reset();
                EXPECT_TRUE(sim.run(intake_->restart()));
                return text_.clear();
            default: {
                const auto more = octets(chance(2) == 0 ? chance(400'000) : chance(5'000));
                EXPECT_TRUE(sim.run(intake_->append(more)));
                text_ += more;
            }
        }
    }
    // A message that is there is whole, and one that was acknowledged is there.
    void deliver() {
        read_.reset();
        auto work = next_work();
        EXPECT_TRUE(work || !must_be_there_) << "it is lost";
        if (work) EXPECT_TRUE(body_of(*work->body) == text_);
        if (work) settle(*work, SettledDelivered{});
        must_be_there_ = false;
        sim.run_for(100ms);
        expect_whole(sim.disk());
    }

    std::unique_ptr<Intake> intake_;
    std::shared_ptr<MessageBody> read_;
    std::string text_;
    bool must_be_there_ = false;
};

TEST(RandomIntake, what_was_changed_on_the_way_in_is_kept_whole_or_not_at_all) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomIntake intake(seed);
        intake.run(25);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

}  // namespace
}  // namespace cursus
