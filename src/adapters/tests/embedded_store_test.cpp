#include "adapters/embedded_store.h"

#include <gtest/gtest.h>

#include <array>
#include <future>

#include "adapters/spool_reader.h"
#include "adapters/tests/store_on_lossy_disk.h"

namespace cursus {
namespace {

class EmbeddedStoreTest : public testing::Test {
protected:
    void SetUp() override { open(); }
    void open() {
        auto opened = place_.open();
        ASSERT_TRUE(opened) << opened.error().what;
        store_ = *std::move(opened);
    }
    // What the store did not flush in time is only in the log.
    void kill(LossyDisk::Loss loss = LossyDisk::Loss::KilledProcess) {
        place_.disk.cut_after(0);
        store_.reset();
        place_.disk.restart(loss);
    }
    Result<void, StoreError> write(Batch batch) {
        std::promise<Result<void, StoreError>> answer;
        store_->write(std::move(batch),
                      [&](Result<void, StoreError> result) { answer.set_value(std::move(result)); });
        return answer.get_future().get();
    }
    void put(const std::string& name, const std::string& body) {
        Batch batch;
        batch.put(name, "of " + name);
        batch.put_blob(name, {std::make_shared<const std::string>(body)});
        const auto kept = write(std::move(batch));
        ASSERT_TRUE(kept) << kept.error().what;
    }
    // Record 0 of the segment, and the flush that a new segment brings: what is put from here on is only in
    // the log. The thread that flushes prepares the next spare after that, and then has nothing left to sync.
    void begin_segment() {
        const auto is_prepared = [this] {
            return store_->space().used_bytes >= (segments() + 1) * place_.settings.segment_bytes;
        };
        eventually(is_prepared);
        put("first", "zero");
        eventually(is_prepared);
    }
    void erase(const std::string& name) {
        Batch batch;
        batch.erase(name);
        batch.erase_blob(name);
        ASSERT_TRUE(write(std::move(batch)));
    }
    bool has(const std::string& name) { return store_->get(name).value().has_value(); }
    Result<std::optional<std::string>, StoreError> body(const std::string& name) {
        return store_->read_blob(name, 0, std::size_t{1} << 30);
    }

    // Flips one octet of the `index`th record of segment 1, at `place` octets from the record's start.
    void damage(int index, std::uint64_t place) {
        SpoolDirectory directory(place_.files, "/store");
        const auto reader = SpoolReader::open(directory, 1);
        ASSERT_TRUE(reader);
        std::uint64_t offset = spool_block_bytes;
        for (int i = 0; i < index; ++i) {
            const auto record = reader->read(offset, SpoolReader::Verify::Operations);
            ASSERT_TRUE(record && *record);
            offset = (*record)->end();
        }
        auto file = place_.files.open(directory.segment_path(1), OpenMode::Write, 0600);
        ASSERT_TRUE(file);
        std::array<char, 1> octet{};
        ASSERT_TRUE((*file)->read_at(offset + place, octet));
        octet[0] = static_cast<char>(octet[0] ^ 0x20);
        const std::array pieces{std::string_view(octet.data(), 1)};
        ASSERT_TRUE((*file)->write_at(offset + place, pieces));
    }
    std::size_t segments() const { return count("segment-"); }
    std::size_t count(std::string_view prefix) const {
        std::size_t found = 0;
        const auto names = place_.disk.list("/store/log");
        for (const auto& name : names.value()) found += name.starts_with(prefix) ? 1 : 0;
        return found;
    }
    // Until what runs behind the writes has got that far; the test's own limit ends it otherwise.
    void eventually(const std::function<bool()>& holds) {
        while (!holds()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }

    StoreOnLossyDisk place_{1};
    std::unique_ptr<Store> store_;
};

constexpr std::uint64_t in_operations = record_header_bytes + 6;

TEST_F(EmbeddedStoreTest, a_record_that_was_not_written_to_its_end_is_cut_off) {
    begin_segment();
    put("a", "one");
    put("b", "two");
    put("torn", std::string(9'000, 'x'));
    kill();
    damage(3, 5'000);
    open();
    EXPECT_TRUE(has("a") && has("b"));
    EXPECT_FALSE(has("torn"));
    EXPECT_EQ(body("torn").value(), std::nullopt);
    EXPECT_TRUE(place_.was_told("cut off"));
    put("c", "three");
    kill();
    place_.forget_troubles();
    open();
    EXPECT_EQ(body("b").value(), "two");
    EXPECT_EQ(body("c").value(), "three");
    EXPECT_TRUE(place_.troubles().empty());
}

TEST_F(EmbeddedStoreTest, a_damaged_record_in_the_middle_is_reported_kept_aside_and_skipped) {
    begin_segment();
    put("a", "one");
    put("damaged", "two");
    put("c", "three");
    kill();
    damage(2, in_operations);
    open();
    EXPECT_TRUE(has("a") && has("c"));
    EXPECT_FALSE(has("damaged"));
    EXPECT_EQ(body("c").value(), "three");
    EXPECT_TRUE(place_.was_told("the changes there are lost; kept in /store/damaged/"));

    put("d", "four");
    store_.reset();
    place_.disk.restart(LossyDisk::Loss::PowerCut);
    const auto aside = place_.disk.open("/store/damaged/segment-0000000000000001-3000");
    ASSERT_TRUE(aside);
    std::string copy(spool_block_bytes, '\0');
    EXPECT_EQ(place_.disk.read(*aside, 0, copy).value(), spool_block_bytes);
    EXPECT_NE(copy.find("of damaged"), std::string::npos);
    place_.forget_troubles();
    open();
    EXPECT_TRUE(has("a") && has("c") && has("d"));
    EXPECT_TRUE(place_.troubles().empty()) << "it is said once";
}

TEST_F(EmbeddedStoreTest, a_damaged_body_takes_nothing_with_it_but_itself) {
    begin_segment();
    Batch batch;
    batch.put("key", "value");
    batch.put_blob("damaged", {std::make_shared<const std::string>(std::string(6'000, 'x'))});
    batch.put_blob("intact", {std::make_shared<const std::string>("y")});
    ASSERT_TRUE(write(std::move(batch)));
    put("c", "three");
    kill();
    damage(1, 3'000);
    open();
    EXPECT_TRUE(has("key") && has("c"));
    EXPECT_EQ(body("intact").value(), "y");
    ASSERT_FALSE(body("damaged"));
    EXPECT_EQ(body("damaged").error().kind, StoreErrorKind::Damaged);
    EXPECT_TRUE(place_.was_told("message bodies, which will read as damaged"));
}

TEST_F(EmbeddedStoreTest, a_blob_is_verified_whenever_it_is_read) {
    put("a", std::string(9'000, 'x'));
    damage(0, 5'000);
    ASSERT_FALSE(body("a"));
    EXPECT_EQ(body("a").error().kind, StoreErrorKind::Damaged);
    EXPECT_FALSE(store_->read_blob("a", 0, 10)) << "a part is not better than the whole";
    erase("a");
    EXPECT_EQ(body("a").value(), std::nullopt);
}

TEST_F(EmbeddedStoreTest, after_a_failed_sync_the_batch_is_written_again_elsewhere) {
    begin_segment();
    put("a", "one");
    place_.disk.fail_syncs(1);
    put("b", "two");
    EXPECT_EQ(segments(), 2u) << "nothing is appended behind pages that may never have reached the disk";
    put("c", "three");
    kill(LossyDisk::Loss::PowerCut);
    open();
    EXPECT_EQ(body("a").value(), "one");
    EXPECT_EQ(body("b").value(), "two");
    EXPECT_EQ(body("c").value(), "three");
}

TEST_F(EmbeddedStoreTest, when_the_medium_fails_the_batch_is_refused_and_the_next_one_is_kept) {
    begin_segment();
    put("a", "one");
    place_.disk.fail_syncs(3);
    Batch batch;
    batch.put("refused", "x");
    const auto refused = write(std::move(batch));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, StoreErrorKind::Failed);
    EXPECT_FALSE(has("refused"));
    place_.disk.fail_syncs(0);
    put("b", "two");
    kill(LossyDisk::Loss::PowerCut);
    open();
    EXPECT_TRUE(has("a") && has("b"));
    EXPECT_FALSE(has("refused"));
}

TEST_F(EmbeddedStoreTest, dead_segments_go_and_their_files_are_used_again) {
    for (int i = 0; i < 200; ++i) {
        put("m" + std::to_string(i), std::string(20'000, 'x'));
        if (i >= 3) erase("m" + std::to_string(i - 3));
    }
    eventually([&] { return segments() <= 4; });
    EXPECT_EQ(body("m199").value(), std::string(20'000, 'x'));
    EXPECT_LT(store_->space().used_bytes, 20 * place_.settings.segment_bytes);
}

TEST_F(EmbeddedStoreTest, nearly_empty_segments_are_compacted) {
    for (int i = 0; i < 300; ++i) {
        put("m" + std::to_string(i), std::string(20'000, 'x'));
        if (i % 20 == 0) {
            put("kept" + std::to_string(i), "body " + std::to_string(i));
        }
        if (i >= 3) erase("m" + std::to_string(i - 3));
    }
    eventually([&] { return segments() <= 12; });
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 300; i += 20)
            EXPECT_EQ(body("kept" + std::to_string(i)).value(), "body " + std::to_string(i));
        kill(LossyDisk::Loss::PowerCut);
        open();
    }
}

TEST_F(EmbeddedStoreTest, a_segment_with_something_unreadable_is_not_compacted_away) {
    put("damaged", std::string(3'000, 'x'));
    damage(0, 1'000);
    for (int i = 0; i < 200; ++i) {
        put("m" + std::to_string(i), std::string(20'000, 'x'));
        if (i % 6 == 5) put("kept" + std::to_string(i), std::string(6'000, 'y'));
        if (i >= 1) erase("m" + std::to_string(i - 1));
    }
    eventually([&] { return place_.was_told("cannot be read"); });
    EXPECT_FALSE(body("damaged"));
    EXPECT_TRUE(place_.disk.exists("/store/log/segment-0000000000000001"));
    store_.reset();
}

TEST_F(EmbeddedStoreTest, another_releases_store_is_refused_in_words) {
    store_.reset();
    auto file = place_.files.open("/store/FORMAT", OpenMode::Write, 0600);
    const std::array pieces{std::string_view("cursus store 2\n")};
    ASSERT_TRUE((*file)->write_at(0, pieces));
    const auto opened = place_.open();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("another release (cursus store 2)"), std::string::npos)
        << opened.error().what;
}

TEST_F(EmbeddedStoreTest, a_store_whose_index_is_lost_is_refused_and_not_made_anew) {
    put("a", "one");
    store_.reset();
    for (const auto& name : place_.disk.list("/store/index").value()) {
        ASSERT_TRUE(place_.disk.remove("/store/index/" + name));
    }
    EXPECT_FALSE(place_.open());
    EXPECT_FALSE(place_.open());
}

TEST_F(EmbeddedStoreTest, a_log_that_was_cut_short_from_below_is_refused) {
    for (int i = 0; i < 20; ++i) put("m" + std::to_string(i), std::string(20'000, 'x'));
    store_.reset();
    for (const auto& name : place_.disk.list("/store/log").value())
        ASSERT_TRUE(place_.disk.remove("/store/log/" + name));
    const auto opened = place_.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, StoreErrorKind::Damaged);
}

}  // namespace
}  // namespace cursus
