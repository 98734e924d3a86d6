#include "policy/behaviour.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "policy/behaviour_snapshot.h"
#include "sim/world.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class TroubleNotes final : public EventSink {
public:
    std::vector<std::string> all;
    void emit(MailEvent event) noexcept override {
        if (const auto* trouble = std::get_if<Trouble>(&event.body)) all.push_back(trouble->what);
    }
};

class Remembering : public testing::Test {
protected:
    static constexpr const char* path = "/data/behaviour";
    static constexpr Rate hundred_an_hour{100, hours{1}, RateBy::Client};

    void SetUp() override {
        Files& files = sim.files();
        ASSERT_TRUE(files.make_directory("/data", 0700) && files.sync_directory("/"));
        begin();
    }
    void TearDown() override { end(); }
    void begin() {
        behaviour = std::make_unique<Behaviour>(sim.world(), troubles, path, GreylistSettings{});
        sim.run(behaviour->start());
    }
    void end() {
        if (behaviour) sim.run(behaviour->finish());
        behaviour.reset();
    }
    void restart() {
        end();
        begin();
    }
    // Without finish(): as after a kill or a power cut.
    void crash(LossyDisk::Loss loss) {
        sim.files_disk().restart(loss);
        sim.kill();
        graveyard::keep(std::move(behaviour));
        sim.restart();
        begin();
    }

    std::uint32_t left(std::string_view key) {
        return behaviour->rates().peek("rule", key, hundred_an_hour, sim.now());
    }
    void take(std::string_view key, int times) {
        for (int i = 0; i < times; ++i) behaviour->rates().take("rule", key, hundred_an_hour, sim.now());
    }
    Greylist::Answer ask(std::string_view client) {
        return behaviour->greylist().ask({*IpAddress::parse(client), sender, recipient}, sim.now());
    }
    std::uint64_t unknown_recipients() {
        return behaviour->harvest().count(spammer, Misdeed::UnknownRecipient, sim.now());
    }
    void note() { behaviour->harvest().note(spammer, Misdeed::UnknownRecipient, sim.now()); }
    void put(std::string_view octets) {
        Files& files = sim.files();
        (void)files.remove(path);
        auto file = files.open(path, OpenMode::CreateNew);
        const std::array pieces{octets};
        ASSERT_TRUE(file && (*file)->write_at(0, pieces) && (*file)->sync());
    }

    SimWorld sim;
    TroubleNotes troubles;
    ReversePath sender = *Mailbox::parse("julius@ancient-rome.example");
    Mailbox recipient = *Mailbox::parse("ann@b.example");
    IpAddress spammer = *IpAddress::parse("198.51.100.7");
    std::unique_ptr<Behaviour> behaviour;
};

TEST_F(Remembering, outlives_a_restart) {
    take("a", 50);
    note();
    ask("192.0.2.1");
    sim.run_for(minutes{5});
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.2.1")));
    ask("192.0.3.1");
    restart();
    EXPECT_EQ(left("a"), 58U);  // 50, and 5 minutes' worth
    EXPECT_EQ(unknown_recipients(), 1U);
    EXPECT_TRUE(std::holds_alternative<Greylist::Known>(ask("192.0.2.1")));
    EXPECT_TRUE(std::holds_alternative<Greylist::Wait>(ask("192.0.3.1")));
    sim.run_for(minutes{5});
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.3.1")));
    EXPECT_TRUE(troubles.all.empty());
}

TEST_F(Remembering, outlives_several_restarts_without_any_question_between) {
    take("a", 50);
    for (int i = 0; i < 3; ++i) restart();
    EXPECT_EQ(left("a"), 50U);
}

TEST_F(Remembering, goes_on_with_the_time_that_passed_while_nothing_ran) {
    take("a", 100);
    note();
    end();
    sim.run_for(minutes{18});
    begin();
    EXPECT_EQ(left("a"), 30U);
    EXPECT_EQ(unknown_recipients(), 1U);
    end();
    sim.run_for(hours{1});
    begin();
    EXPECT_EQ(left("a"), 100U);
    EXPECT_EQ(unknown_recipients(), 0U);
}

TEST_F(Remembering, loses_a_minute_at_most_to_a_kill) {
    take("a", 50);
    sim.run_for(seconds{61});
    take("b", 50);
    crash(LossyDisk::Loss::KilledProcess);
    EXPECT_EQ(left("a"), 51U);
    EXPECT_EQ(left("b"), 100U);
}

TEST_F(Remembering, loses_a_minute_at_most_to_a_power_cut) {
    take("a", 50);
    sim.run_for(seconds{61});
    take("b", 50);
    crash(LossyDisk::Loss::PowerCut);
    EXPECT_EQ(left("a"), 51U);
    EXPECT_TRUE(troubles.all.empty());
}

// The power goes at any moment of the writing: what was known before it is known after it.
TEST_F(Remembering, loses_nothing_more_to_a_power_cut_amid_writing) {
    std::size_t interrupted = 0;
    for (std::uint64_t operations = 0; operations < 8; ++operations) {
        const std::string key = std::to_string(operations);
        take(key, 50);
        sim.run_for(seconds{61});
        take("other", 1);
        sim.files_disk().cut_after(operations);
        sim.run_for(seconds{61});
        if (sim.files_disk().is_cut()) ++interrupted;
        crash(LossyDisk::Loss::PowerCut);
        EXPECT_NEAR(left(key), 50, 5) << operations;
    }
    EXPECT_GE(interrupted, 3U);
    for (const std::string& trouble : troubles.all) EXPECT_THAT(trouble, HasSubstr("the power is off"));
}

TEST_F(Remembering, writes_only_in_minutes_in_which_something_changed) {
    sim.run_for(hours{1});
    EXPECT_FALSE(sim.files().exists(path));
    take("a", 1);
    sim.run_for(seconds{61});
    EXPECT_TRUE(sim.files().exists(path));
    const auto operations = sim.files_disk().operations();
    left("a");
    sim.run_for(hours{1});
    EXPECT_EQ(sim.files_disk().operations(), operations);
    take("a", 50);
    sim.run_for(seconds{61});
    EXPECT_GT(sim.files_disk().operations(), operations);
    restart();
    const auto after_restart = sim.files_disk().operations();
    sim.run_for(hours{1});
    EXPECT_EQ(sim.files_disk().operations(), after_restart);
}

TEST_F(Remembering, is_harmed_by_no_clock_that_is_set_back) {
    take("a", 100);
    take("b", 50);
    ask("192.0.2.1");
    note();
    sim.jump_wall(hours{-24 * 365 * 30});
    sim.run_for(minutes{6});
    EXPECT_EQ(left("a"), 10U);
    restart();
    EXPECT_EQ(left("a"), 10U);
    // Set back while nothing runs: the file is from the future, and no time has passed since it was written.
    take("c", 1);
    end();
    sim.jump_wall(hours{-1000});
    begin();
    EXPECT_EQ(left("a"), 10U);
    EXPECT_EQ(left("b"), 60U);
    EXPECT_EQ(unknown_recipients(), 1U);
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.2.1")));
    sim.run_for(hours{1});
    EXPECT_EQ(left("a"), 100U);
    EXPECT_TRUE(troubles.all.empty());
}

TEST_F(Remembering, is_harmed_by_no_clock_that_is_set_forward) {
    take("a", 100);
    ask("192.0.2.1");
    sim.jump_wall(hours{24 * 365 * 100});
    sim.run_for(minutes{6});
    EXPECT_EQ(left("a"), 10U);
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.2.1")));
    end();
    sim.jump_wall(hours{24 * 365 * 100});
    begin();
    // A hundred years have passed, as far as anybody can tell.
    EXPECT_EQ(left("a"), 100U);
    EXPECT_TRUE(std::holds_alternative<Greylist::Wait>(ask("192.0.2.1")));
    sim.run_for(minutes{6});
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.2.1")));
}

TEST_F(Remembering, that_was_saved_at_no_time_at_all_is_old_or_new) {
    for (const WallTime saved_at : {WallTime::min(), WallTime::max(), WallTime{}}) {
        end();
        BehaviourSnapshot snapshot{saved_at, {1, 2}, {}, {}, {}};
        snapshot.rates = {{Fingerprinter({1, 2}).of({"rule", "a"}), Duration::max()}};
        put(encode(snapshot));
        begin();
        EXPECT_EQ(left("a"), saved_at == WallTime::max() ? 0U : 100U);
        sim.run_for(hours{1});
        take("b", 1);
    }
}

TEST_F(Remembering, that_is_damaged_is_put_aside_and_told_of) {
    take("a", 50);
    end();
    const std::string whole = *read_whole_file(sim.files(), path, behaviour_octets_max);
    std::string damaged = whole;
    damaged[damaged.size() / 2] ^= 1;
    put(damaged);
    begin();
    ASSERT_EQ(troubles.all.size(), 1U);
    EXPECT_EQ(troubles.all[0],
              "/data/behaviour is not used: it is damaged: its checksum is wrong. It will be kept "
              "as /data/behaviour.unreadable, and all clients are strangers");
    EXPECT_EQ(left("a"), 100U);
    take("a", 10);
    restart();
    EXPECT_EQ(left("a"), 90U);
    EXPECT_EQ(read_whole_file(sim.files(), "/data/behaviour.unreadable", behaviour_octets_max), damaged);
    EXPECT_EQ(troubles.all.size(), 1U);
}

TEST_F(Remembering, that_a_newer_version_wrote_is_put_aside) {
    take("a", 50);
    end();
    std::string newer = *read_whole_file(sim.files(), path, behaviour_octets_max);
    newer[11] = 2;
    put(newer);
    begin();
    ASSERT_EQ(troubles.all.size(), 1U);
    EXPECT_THAT(troubles.all[0], HasSubstr("written by another version of cursus"));
    take("a", 10);
    restart();
    EXPECT_EQ(left("a"), 90U);
    EXPECT_EQ(read_whole_file(sim.files(), "/data/behaviour.unreadable", behaviour_octets_max), newer);
}

TEST_F(Remembering, that_cannot_be_written_is_told_of_once_and_written_when_it_can_be) {
    sim.files_disk().set_capacity(10);
    take("a", 50);
    sim.run_for(minutes{5});
    ASSERT_EQ(troubles.all.size(), 1U);
    EXPECT_THAT(troubles.all[0], HasSubstr("no space left"));
    sim.files_disk().set_capacity(1'000'000);
    sim.run_for(minutes{1});
    EXPECT_TRUE(sim.files().exists(path));
    sim.files_disk().fail_syncs(1);
    take("a", 1);
    sim.run_for(minutes{1});
    EXPECT_EQ(troubles.all.size(), 2U);
    restart();
    EXPECT_EQ(left("a"), 60U);
}

TEST_F(Remembering, adopts_other_settings) {
    GreylistSettings settings;
    settings.wait = minutes{1};
    behaviour->adopt(settings);
    ask("192.0.2.1");
    sim.run_for(minutes{1});
    EXPECT_TRUE(std::holds_alternative<Greylist::Passed>(ask("192.0.2.1")));
}

TEST_F(Remembering, holds_no_address) {
    ask("192.0.2.1");
    take("julius@ancient-rome.example", 1);
    end();
    const std::string octets = *read_whole_file(sim.files(), path, behaviour_octets_max);
    EXPECT_EQ(octets.find("julius"), std::string::npos);
    EXPECT_EQ(octets.find("192.0.2"), std::string::npos);
    EXPECT_GT(octets.size(), 100U);
}

}  // namespace
}  // namespace cursus
