// A seeded load on the embedded store, the power or the process gone at a random change of the disk (while it
// opens, writes, flushes, compacts, closes), a restart, and the books.
//     CURSUS_POWER_CUTS=10000 CURSUS_POWER_CUT_FIRST=77 adapters_tests --gtest_filter='PowerCut.*'
// The seed fixes load and faults; the store's threads are real, so a seed need not fail the same way twice.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <string>

#include "adapters/tests/store_on_lossy_disk.h"

namespace cursus {
namespace {

constexpr std::uint64_t runs_default = 300;
constexpr int rounds = 5;
constexpr int batches_max = 60;  // of one round
constexpr int in_flight_max = 4;

using Contents = std::map<std::string, std::string>;

struct State {
    Contents values, blobs;
};

// A batch as the books see it. Its mark is a key of its own which nothing erases, so that a batch that was
// never answered can be asked whether it happened.
struct Planned {
    int number = 0;
    Contents values, blobs;
    std::vector<std::string> erased, erased_blobs;
    std::string mark() const { return "mark/" + std::to_string(1'000'000 + number); }
};

void happen(State& state, const Planned& planned) {
    for (const auto& [key, value] : planned.values) state.values[key] = value;
    for (const auto& [key, blob] : planned.blobs) state.blobs[key] = blob;
    for (const auto& key : planned.erased) state.values.erase(key);
    for (const auto& key : planned.erased_blobs) state.blobs.erase(key);
    state.values[planned.mark()] = "";
}

enum class Ending : std::uint8_t { None, Kept, Refused };

class PowerCutRun {
public:
    explicit PowerCutRun(std::uint64_t seed) : seed_(seed), place_(seed), random_(seed, 2) {
        place_.settings.segment_bytes = std::uint64_t{64} << 10;
        place_.settings.record_bytes_max = std::uint64_t{24} << 10;
    }

    void run() {
        for (round_ = 0; round_ < rounds && !testing::Test::HasFailure(); ++round_) {
            const bool soon = random_.one_in(3);  // while it opens, replays, makes itself
            place_.disk.cut_after(random_.below(soon ? 60 : 700));
            live_through_one_cut();
            const bool is_power_cut = !random_.one_in(4);
            place_.disk.restart(is_power_cut ? LossyDisk::Loss::PowerCut : LossyDisk::Loss::KilledProcess);
        }
        auto store = place_.open();
        ASSERT_TRUE(store) << where() << store.error().what;
        account(**store);
        write_one_more(**store);
    }

private:
    struct InFlight {
        Planned planned;
        std::shared_ptr<Ending> answer;
    };

    std::string where() const {
        return "seed " + std::to_string(seed_) + ", round " + std::to_string(round_) + ": ";
    }

    void live_through_one_cut() {
        auto store = place_.open();
        if (!store) {
            ASSERT_TRUE(place_.disk.is_cut()) << where() << store.error().what;
            return;
        }
        if (!place_.disk.is_cut()) account(**store);
        for (int i = 0; i < batches_max && !place_.disk.is_cut() && !testing::Test::HasFailure(); ++i) {
            if (random_.one_in(40)) place_.disk.fail_syncs(1);
            const auto count = random_.between(1, in_flight_max);
            for (std::uint64_t n = 0; n < count; ++n) start(**store);
            await_answers();
            if (random_.one_in(8)) check_reads(**store);
        }
        store->reset();
    }

    std::string content(const std::string& key, std::size_t size) {
        std::string text = key + "#" + std::to_string(next_number_) + ":";
        SimRandom bytes(random_.next());
        while (text.size() < size) text.push_back(static_cast<char>(bytes.next()));
        text.resize(std::max<std::size_t>(size, 0));
        return text;
    }

    std::size_t blob_size() {
        if (random_.one_in(60)) return random_.between(70'000, 300'000);  // larger than a segment
        if (random_.one_in(20)) return 0;
        return random_.between(1, random_.one_in(3) ? 20'000 : 3'000);
    }

    Planned plan() {
        Planned planned;
        planned.number = ++next_number_;
        for (auto n = random_.below(4); n > 0; --n) {
            const auto key = "key/" + std::to_string(random_.below(40));
            planned.values[key] = content(key, random_.below(200));
        }
        for (auto n = random_.below(4); n > 0; --n) {
            const auto key = "blob/" + std::to_string(random_.below(60));
            planned.blobs[key] = content(key, blob_size());
        }
        for (auto n = random_.below(4); n > 0; --n) {
            auto key = "key/" + std::to_string(random_.below(40));
            if (!planned.values.contains(key)) planned.erased.push_back(std::move(key));
        }
        for (auto n = random_.below(5); n > 0; --n) {
            auto key = "blob/" + std::to_string(random_.below(60));
            if (!planned.blobs.contains(key)) planned.erased_blobs.push_back(std::move(key));
        }
        return planned;
    }

    void start(Store& store) {
        InFlight flight{plan(), std::make_shared<Ending>(Ending::None)};
        Batch batch;
        batch.put(flight.planned.mark(), "");
        for (const auto& [key, value] : flight.planned.values) batch.put(key, value);
        for (const auto& [key, blob] : flight.planned.blobs) {
            const auto half = blob.size() / 2;
            batch.put_blob(key, {std::make_shared<const std::string>(blob.substr(0, half)),
                                 std::make_shared<const std::string>(blob.substr(half))});
        }
        for (const auto& key : flight.planned.erased) batch.erase(key);
        for (const auto& key : flight.planned.erased_blobs) batch.erase_blob(key);
        store.write(std::move(batch), [this, answer = flight.answer](Result<void, StoreError> result) {
            const std::lock_guard lock(mutex_);
            *answer = result ? Ending::Kept : Ending::Refused;
            answered_.notify_one();
        });
        in_flight_.push_back(std::move(flight));
    }

    // A refused batch may still be found as long as nothing was kept after it.
    void await_answers() {
        for (auto& flight : in_flight_) {
            std::unique_lock lock(mutex_);
            answered_.wait(lock, [&] { return *flight.answer != Ending::None; });
            if (*flight.answer == Ending::Refused) {
                unsure_.push_back(std::move(flight.planned));
                continue;
            }
            unsure_.clear();
            happen(expected_, flight.planned);
        }
        in_flight_.clear();
    }

    // What the store says it holds; nullopt when something could not be read.
    std::optional<State> read_all(Store& store) {
        State found;
        const auto entries = store.scan("", "\xff", 1'000'000);
        if (!entries) return std::nullopt;
        for (const auto& entry : *entries) found.values[entry.key] = entry.value;
        for (int i = 0; i < 60; ++i) {
            const auto key = "blob/" + std::to_string(i);
            const auto blob = store.read_blob(key, 0, std::size_t{1} << 30);
            if (!blob) {
                trouble_ = key + ": " + blob.error().what;
                return std::nullopt;
            }
            if (*blob) found.blobs[key] = **blob;
        }
        return found;
    }

    // Everything that was acknowledged is wholly there, nothing is half there, what was erased stays erased.
    void account(Store& store) {
        const auto found = read_all(store);
        if (!found) {
            ASSERT_TRUE(place_.disk.is_cut()) << where() << trouble_;
            return;
        }
        for (const auto& planned : unsure_) {
            if (found->values.contains(planned.mark())) happen(expected_, planned);
        }
        unsure_.clear();
        compare(*found);
        for (const auto& trouble : place_.troubles()) {
            EXPECT_EQ(trouble.find("damaged between"), std::string::npos) << where() << trouble;
            EXPECT_EQ(trouble.find("missing"), std::string::npos) << where() << trouble;
            EXPECT_EQ(trouble.find("cannot be read"), std::string::npos) << where() << trouble;
        }
    }

    void compare(const State& found) {
        for (const auto& [key, value] : expected_.values) {
            const auto at = found.values.find(key);
            ASSERT_NE(at, found.values.end()) << where() << key << " was lost";
            ASSERT_TRUE(at->second == value) << where() << key << " has another value";
        }
        for (const auto& [key, value] : found.values) {
            ASSERT_TRUE(expected_.values.contains(key)) << where() << key << " should not be there";
        }
        for (const auto& [key, blob] : expected_.blobs) {
            const auto at = found.blobs.find(key);
            ASSERT_NE(at, found.blobs.end()) << where() << key << " was lost";
            ASSERT_TRUE(at->second == blob) << where() << key << " has another content";
        }
        for (const auto& [key, blob] : found.blobs) {
            ASSERT_TRUE(expected_.blobs.contains(key)) << where() << key << " should not be there";
        }
    }

    // Reads during the load: blobs are being moved under them.
    void check_reads(Store& store) {
        for (const auto& [key, blob] : expected_.blobs) {
            const auto found = store.read_blob(key, 0, blob.size());
            if (!found && place_.disk.is_cut()) return;
            if (!unsure_.empty()) return;
            ASSERT_TRUE(found) << where() << key << ": " << found.error().what;
            ASSERT_TRUE(found->has_value() && **found == blob) << where() << key;
        }
    }

    void write_one_more(Store& store) {
        for (int attempt = 0; attempt < 3; ++attempt) {
            start(store);
            await_answers();
        }
        EXPECT_TRUE(unsure_.empty()) << where() << "a whole disk takes every write";
        const auto found = read_all(store);
        ASSERT_TRUE(found) << where() << trouble_;
        compare(*found);
    }

    const std::uint64_t seed_;
    StoreOnLossyDisk place_;
    SimRandom random_;
    int round_ = 0;
    int next_number_ = 0;
    State expected_;
    std::vector<Planned> unsure_;  // refused or unanswered, and nothing kept since
    std::vector<InFlight> in_flight_;
    std::string trouble_;
    std::mutex mutex_;
    std::condition_variable answered_;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(PowerCut, every_acknowledged_batch_survives_whole_and_no_other_by_half) {
    const auto first = from_environment("CURSUS_POWER_CUT_FIRST", 1);
    const auto runs = from_environment("CURSUS_POWER_CUTS", runs_default);
    for (std::uint64_t seed = first; seed < first + runs && !HasFailure(); ++seed) PowerCutRun(seed).run();
}

// 229: a segment that was emptied was taken for one that cannot be read. 1639: FORMAT outlived the log's
// directory.
TEST(PowerCut, a_seed_that_failed_once_passes) {
    for (const std::uint64_t seed : {229, 1639}) PowerCutRun(seed).run();
}

}  // namespace
}  // namespace cursus
