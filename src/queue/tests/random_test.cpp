// Many seeds of random work, with restarts and kills at any step, against what must be true of any queue.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "queue/tests/queue_world.h"
#include "queue/tests/store_check.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

// What a recipient's fate is as far as the outside world was told.
enum class Fate : std::uint8_t {
    Offered,  // commit has not answered: it may be kept or not
    Kept,     // acknowledged, nothing final was recorded
    Ending,   // something final is being recorded: it may come again once more or not
    Ended,    // recorded: it must never come again
};

class RandomQueue : public QueueWorld {
public:
    explicit RandomQueue(std::uint64_t seed) : QueueWorld(seed, {.reactors = 1 + seed % 3}) {
        settings.retry.warn_after = 2h;
        settings.retry.give_up_after = 9h;
        settings.limits.memory = 2'000'000;
    }
    void run(int operations) {
        open();
        for (int i = 0; i < operations && !testing::Test::HasFailure(); ++i) one_step();
        finish();
    }

private:
    std::uint64_t chance(std::uint64_t bound) { return sim.random().below(bound); }

    void one_step() {
        if (chance(25) == 0) sim.kill_after(1 + chance(400));
        try {
            operate();
            sim.spare();
        } catch (const Killed&) {
            sim.disk().trouble.reset();
            graveyard::keep(std::exchange(out_, {}));
            graveyard::keep(std::exchange(owed_asked_, {}));
            leased_.clear();
            open_after_kill();
            check();
        }
    }

    void operate() {
        switch (chance(15)) {
            case 0:
            case 1:
            case 2:
            case 3:
                return submit();
            case 4:
            case 5:
            case 6:
                return deliver();
            case 7:
                return sim.run_for(std::chrono::seconds(chance(2'000)));
            case 8:
                return tell();
            case 9:
                return intervene();
            case 10:
                return chance(4) == 0 ? restart() : sim.run_for(10ms);
            case 11:
                return suffer();
            case 12:
                return hold();
            case 13:
                return release();
            default:
                return chance(6) == 0 ? sim.jump_wall(std::chrono::seconds(chance(600)) - 300s) : check();
        }
    }

    void offer(const std::string& address) {
        fates_[address] = Fate::Offered;
        offered_at_[address] = sim.wall_now();
    }

    void submit() {
        auto envelope = envelope_from(chance(5) == 0 ? "" : "ann@a.example");
        envelope.priority = static_cast<std::int8_t>(chance(6) == 0 ? chance(19) - 9 : 0);
        if (chance(6) == 0) envelope.not_before = sim.wall_now() + std::chrono::seconds(chance(20'000));
        if (chance(6) == 0)
            envelope.deliver_by = DeliverBy{sim.wall_now() + std::chrono::seconds(chance(40'000)),
                                            chance(2) == 0 ? ByMode::Return : ByMode::Notify, false};
        std::vector<std::string> addresses;
        const auto count = 1 + chance(4);
        for (std::uint64_t i = 0; i < count; ++i) {
            addresses.push_back("r" + std::to_string(++last_address_) + "@d" + std::to_string(chance(5)) +
                                ".example");
            offer(addresses.back());
            if (const auto& by = envelope.deliver_by; by && by->mode == ByMode::Return)
                returned_at_[addresses.back()] = by->time;
        }
        const auto size = chance(10) == 0 ? 200'000 + chance(600'000) : chance(2'000);
        auto recipients = recipients_of(addresses);
        for (auto& recipient : recipients) {
            if (chance(12) != 0) continue;
            recipient.hold = Hold{"rule", "why", random_end(recipient.address.text())};
            held_.insert(recipient.address.text());
        }
        const auto id =
            sim.run(accept_one(*queue, std::move(envelope), std::move(recipients), std::string(size, 'x')));
        ASSERT_TRUE(id) << id.error().what;
        for (const auto& address : addresses) fates_[address] = Fate::Kept;
    }

    void deliver() {
        const auto destination = next(10ms);
        if (!destination) return;
        for (auto rounds = chance(4) + 1; rounds > 0; --rounds) {
            auto work = take(*destination, 1 + chance(3));
            if (!work) break;
            for (const auto& recipient : work->recipients) {
                const auto fate = fates_.at(recipient.address.text());
                EXPECT_TRUE(fate != Fate::Ended) << recipient.address.text() << " comes again";
                EXPECT_FALSE(held_.contains(recipient.address.text())) << "it is held";
                EXPECT_TRUE(leased_.insert(recipient.key).second) << "leased twice";
            }
            out_.push_back(*std::move(work));
        }
        if (chance(3) == 0) {
            queue->park(*destination, sim.wall_now() + std::chrono::seconds(chance(3'000)),
                        DestinationTrouble{"mx", busy_reply});
        } else {
            queue->release(*destination);
        }
        while (out_.size() > chance(6)) settle_one();
    }

    void settle_one() {
        const auto at = static_cast<std::ptrdiff_t>(chance(out_.size()));
        auto work = std::move(out_[static_cast<std::size_t>(at)]);
        out_.erase(out_.begin() + at);
        std::vector<Settlement> settlements;
        std::vector<std::string> ending;
        for (const auto& recipient : work.recipients) {
            leased_.erase(recipient.key);
            switch (chance(6)) {
                case 0:
                    settlements.push_back({recipient.key, SettledRelayed{"mx", accepted_reply}});
                    break;
                case 1:
                    settlements.push_back({recipient.key, SettledDelivered{}});
                    break;
                case 2:
                    settlements.push_back({recipient.key, SettledFailed{"mx", unknown_reply}});
                    break;
                case 3:
                    settlements.push_back({recipient.key, SettledDeferred{"mx", busy_reply}});
                    continue;
                case 4:
                    settlements.push_back({recipient.key, SettledUntouched{}});
                    continue;
                default:
                    continue;  // left to the end of the work
            }
            ending.push_back(recipient.address.text());
            fates_[ending.back()] = Fate::Ending;
        }
        sim.run(queue->settle(std::move(settlements)));
        for (const auto& address : ending) fates_[address] = Fate::Ended;
    }

    // The store has trouble for a while, in the middle of an acceptance and a settlement.
    void suffer() {
        sim.disk().trouble = chance(2) == 0 ? StoreErrorKind::Full : StoreErrorKind::Failed;
        const auto address = "r" + std::to_string(++last_address_) + "@d0.example";
        offer(address);
        start(accept_beside(*this, address));
        if (!out_.empty()) start(settle_beside(*this, std::make_shared<Work>(std::move(out_.back()))));
        if (!out_.empty()) out_.pop_back();
        sim.run_for(std::chrono::milliseconds(chance(5'000)));
        sim.disk().trouble.reset();
        sim.run_for(3s);
    }
    static Task<void> accept_beside(RandomQueue& queue, std::string address) {
        auto recipients = recipients_of({address});
        const auto id =
            co_await accept_one(*queue.queue, envelope_from("ann@a.example"), std::move(recipients), "x\r\n");
        if (id) queue.fates_[address] = Fate::Kept;
    }
    static Task<void> settle_beside(RandomQueue& queue, std::shared_ptr<Work> work) {
        std::vector<Settlement> settlements;
        for (const auto& recipient : work->recipients) {
            settlements.push_back({recipient.key, SettledDelivered{}});
            queue.leased_.erase(recipient.key);
            queue.fates_[recipient.address.text()] = Fate::Ending;
        }
        co_await queue.queue->settle(std::move(settlements));
        for (const auto& recipient : work->recipients) queue.fates_[recipient.address.text()] = Fate::Ended;
    }

    void tell() {
        if (!owed_asked_) {
            owed_asked_ = std::make_shared<std::optional<OwedReport>>();
            start(ask_owed(*queue, owed_asked_));
        }
        const auto answer = owed_asked_;
        if (!sim.run_until([&] { return answer->has_value(); }, 10ms)) return;
        owed_asked_.reset();
        auto owed = *std::move(*answer);
        std::set<std::string> told;
        for (const auto& recipient : owed.recipients) {
            EXPECT_TRUE(owed.kind != OwedKind::Failed || !held_.contains(recipient.address));
            if (released_.contains(recipient.address)) continue;  // warned of anew
            const bool is_overdue = recipient.reply && recipient.reply->status() == Status{4, 4, 7};
            told.insert(recipient.address + " " + std::to_string(static_cast<int>(owed.kind)) +
                        (is_overdue ? " overdue" : ""));
        }
        for (const auto& what : told) EXPECT_FALSE(told_.contains(what)) << what << " was told already";
        if (chance(5) == 0) return;  // given up: it comes again
        const NewRecipient to{mailbox("n" + std::to_string(++last_address_) + "@d0.example"), {}, {}};
        offer(to.address.text());
        payments_[to.address.text()] = told;
        const auto paid = sim.run(queue->pay(owed, envelope_from(""), to, "report\r\n"));
        ASSERT_TRUE(paid) << paid.error().what;
        fates_[to.address.text()] = Fate::Kept;
        told_.merge(told);
    }
    static Task<void> ask_owed(Queue& queue, std::shared_ptr<std::optional<OwedReport>> answer) {
        auto found = co_await queue.next_owed();
        if (found) *answer = std::move(found);
    }

    void intervene() {
        QueueFilter filter;
        if (chance(2) == 0) filter.destination_domain = "d" + std::to_string(chance(5)) + ".example";
        if (chance(8) != 0) {
            const auto step = sim.run(queue->retry_now(filter, {}));
            EXPECT_TRUE(step) << step.error().what;
            return;
        }
        for (auto& [address, fate] : fates_) {
            if (fate == Fate::Kept) fate = Fate::Ending;
        }
        const auto step = sim.run(queue->remove(filter, {}, "operator"));
        EXPECT_TRUE(step) << step.error().what;
        learn();
    }

    std::optional<WallTime> random_end(const std::string& address) {
        if (chance(2) == 0) return std::nullopt;
        hold_ends_[address] = sim.wall_now() + std::chrono::seconds(chance(20'000));
        return hold_ends_[address];
    }
    QueueFilter some() {
        QueueFilter filter;
        if (chance(2) == 0) filter.destination_domain = "d" + std::to_string(chance(5)) + ".example";
        return filter;
    }
    void hold() {
        auto filter = some();
        filter.recipient = "r" + std::to_string(1 + chance(last_address_ + 1)) + "@d" +
                           std::to_string(chance(5)) + ".example";
        if (chance(4) == 0) filter.recipient.clear();
        // What matches may be held or not until this has ended.
        std::optional<WallTime> until;
        if (chance(2) == 0) until = sim.wall_now() + std::chrono::seconds(chance(20'000));
        if (until) {
            for (const auto& [address, at] : offered_at_)
                hold_ends_[address] = std::min(hold_ends_.try_emplace(address, *until).first->second, *until);
        }
        const auto step = sim.run(queue->hold(filter, {}, Hold{"operator", "wait", until}));
        EXPECT_TRUE(step) << step.error().what;
        learn();
    }
    void release() {
        released_.insert(held_.begin(), held_.end());
        held_.clear();  // of some of them it is not known, until this has ended
        const auto step = sim.run(queue->release_held(some(), {}, "operator"));
        EXPECT_TRUE(step) << step.error().what;
        learn();
    }

    // What is not in the store any more has ended; what is there has not.
    void learn() {
        std::set<std::string> there;
        held_.clear();
        for (const auto& [key, record] : contents_of(sim.disk()).recipients) {
            there.insert(record.address.text());
            if (record.held) held_.insert(record.address.text());
        }
        for (auto& [address, fate] : fates_) {
            const bool is_there = there.contains(address);
            if (fate == Fate::Ended) {
                EXPECT_FALSE(is_there) << address << " had ended";
            } else if (is_there) {
                fate = Fate::Kept;
                if (const auto paid = payments_.find(address); paid != payments_.end())
                    told_.merge(paid->second);
            } else {
                // Never acknowledged, or ending, or too old.
                EXPECT_TRUE(fate != Fate::Kept || is_old(address)) << address << " is lost";
                fate = Fate::Ended;
            }
        }
    }
    bool is_old(const std::string& address) const {
        // The wall clock may have gone back since.
        const auto now = sim.wall_now() + 10min;
        const auto returned = returned_at_.find(address);
        if (returned != returned_at_.end() && now >= returned->second) return true;
        const auto end = hold_ends_.find(address);
        if (end != hold_ends_.end() && now >= end->second) return true;
        return now >= offered_at_.at(address) + settings.retry.give_up_after;
    }

    void restart() {
        out_.clear();
        leased_.clear();
        owed_asked_.reset();
        reopen();
        check();
    }

    // When nothing is in flight the store is whole, and everything known of is there or has ended.
    void check() {
        sim.run_for(100ms);
        expect_whole(sim.disk());
        learn();
    }

    // From now on everything goes well: in the end nothing is left.
    void finish() {
        out_.clear();
        leased_.clear();
        for (std::string from; sim.run(queue->release_held({}, from, "operator"))->touched != 0;) {
        }
        held_.clear();
        for (int round = 0; round < 300 && sim.disk().entries.size() > 2 && !testing::Test::HasFailure();
             ++round) {
            while (const auto destination = next(5min)) {
                while (auto work = take(*destination)) {
                    for (const auto& recipient : work->recipients) {
                        EXPECT_NE(fates_.at(recipient.address.text()), Fate::Ended)
                            << recipient.address.text();
                        fates_[recipient.address.text()] = Fate::Ended;
                    }
                    settle(*work, SettledDelivered{});
                }
                queue->release(*destination);
            }
            tell();
        }
        expect_empty_store();
        EXPECT_EQ(queue->gauges().leased, 0u);
        EXPECT_EQ(queue->gauges().body_bytes_held, 0u);
    }

    std::map<std::string, Fate> fates_;
    std::vector<Work> out_;
    std::set<RecipientKey> leased_;
    std::map<std::string, WallTime> offered_at_, returned_at_, hold_ends_;
    std::set<std::string> held_, released_;
    std::set<std::string> told_;  // address and kind
    std::map<std::string, std::set<std::string>>
        payments_;  // by the address a report went to: whom it told of
    std::shared_ptr<std::optional<OwedReport>> owed_asked_;
    std::uint64_t last_address_ = 0;
};

TEST(RandomQueue, keeps_what_it_acknowledged_and_repeats_nothing_it_recorded) {
    const char* given = std::getenv("QUEUE_SEEDS");
    const std::uint64_t seeds = given == nullptr ? 60 : std::strtoull(given, nullptr, 10);
    const char* first = std::getenv("QUEUE_FIRST_SEED");
    const std::uint64_t from = first == nullptr ? 1 : std::strtoull(first, nullptr, 10);
    for (std::uint64_t seed = from; seed < from + seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomQueue queue(seed);
        queue.run(300);
        ASSERT_FALSE(HasFailure());
    }
}

}  // namespace
}  // namespace cursus
