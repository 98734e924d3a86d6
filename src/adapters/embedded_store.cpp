#include "adapters/embedded_store.h"

#include <future>

#include "adapters/spool_committer.h"
#include "adapters/spool_directory.h"
#include "adapters/spool_file_cache.h"
#include "adapters/spool_keeper.h"
#include "adapters/spool_replay.h"
#include "adapters/spool_spares.h"
#include "adapters/spool_writer.h"
#include "adapters/store_index.h"

namespace cursus {
namespace {

constexpr std::uint64_t compaction_slack_segments = 4;
// A blob may be moved, and its segment go, between looking it up and reading it; more often in a row it
// cannot be.
constexpr int read_attempts_max = 4;

class EmbeddedStore final : public Store {
public:
    EmbeddedStore(EmbeddedStoreNeeds needs, const EmbeddedStoreSettings& settings)
        : trouble_(needs.trouble ? std::move(needs.trouble) : [](const std::string&) {}),
          directory_(needs.files, settings.path),
          spares_(directory_),
          files_(directory_),
          index_({directory_.index_path(), std::move(needs.index_files), settings.index_buffer_bytes,
                  settings.index_cache_bytes},
                 trouble_),
          writer_(directory_, spares_, needs.random, {settings.segment_bytes, settings.reserve_bytes}),
          keeper_({directory_, spares_, files_, index_, trouble_},
                  {settings.segment_bytes, settings.reserve_bytes, settings.compaction_step_bytes,
                   compaction_slack_segments * settings.segment_bytes, settings.compaction_pause}),
          committer_({directory_, index_, writer_, keeper_, trouble_},
                     {settings.record_bytes_max, settings.index_buffer_bytes}) {}

    ~EmbeddedStore() override {
        keeper_.stop();
        committer_.stop();
        // So that the next start has nothing to replay; when it fails, it has.
        if (is_started_ && !index_.is_broken()) static_cast<void>(index_.flush());
    }

    Result<void, StoreError> start();

    void write(Batch batch, Done done) override { committer_.write(std::move(batch), std::move(done)); }
    Result<std::optional<std::string>, StoreError> get(std::string_view key) const override {
        return index_.get(key);
    }
    Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                std::size_t limit) const override {
        return index_.scan(from, to, limit);
    }
    Result<std::optional<std::string>, StoreError> read_blob(std::string_view key, std::uint64_t offset,
                                                             std::size_t length) const override;
    StoreSpace space() const override;

private:
    Result<std::string, StoreError> read_at(const BlobPlace& place, std::uint64_t offset,
                                            std::size_t length) const;
    Result<void, StoreError> append_moves(RecordBuilder moves);

    const TroubleSink trouble_;
    SpoolDirectory directory_;
    SpoolSpares spares_;
    mutable SpoolFileCache files_;
    StoreIndex index_;
    SpoolWriter writer_;
    SpoolKeeper keeper_;
    SpoolCommitter committer_;
    bool is_started_ = false;
};

Result<void, StoreError> EmbeddedStore::start() {
    TRY(found_there, directory_.open());
    const bool is_new = found_there == SpoolDirectory::State::New;
    SpoolWriter::End end;
    SpoolPosition flushed;
    TRY_VOID(index_.open(is_new ? StoreIndex::Opening::Create : StoreIndex::Opening::Existing,
                         [&](const StoreIndex::Apply& apply) -> Result<void, StoreError> {
                             flushed = index_.state().complete;
                             TRY(found, SpoolReplay(directory_, index_, apply, trouble_).at_start());
                             end = found;
                             return {};
                         }));
    if (is_new) {
        TRY_VOID(directory_.mark_complete());
    }
    if (const auto opened = spares_.open(); !opened) return failure(store_error(opened.error()));
    if (const auto resumed = writer_.resume(end); !resumed) return failure(store_error(resumed.error()));
    is_started_ = true;
    const auto state = index_.state();
    if (state.complete == flushed) {
        keeper_.note_flushed(state);
    } else {
        keeper_.ask_for_flush();  // so that it need not be replayed again
    }
    committer_.start();
    keeper_.start([this](RecordBuilder moves) { return append_moves(std::move(moves)); }, end.numbers_used);
    return {};
}

// On the keeper's thread, which waits here for the commit thread.
Result<void, StoreError> EmbeddedStore::append_moves(RecordBuilder moves) {
    std::promise<Result<void, StoreError>> kept;
    auto answer = kept.get_future();
    committer_.append(std::move(moves),
                      [&kept](Result<void, StoreError> result) { kept.set_value(std::move(result)); });
    return answer.get();
}

Result<std::string, StoreError> EmbeddedStore::read_at(const BlobPlace& place, std::uint64_t offset,
                                                       std::size_t length) const {
    const auto file = files_.get(place.position.segment);
    if (!file) return failure(store_error(file.error()));
    auto bytes = read_verified(**file, place, offset, length);
    if (!bytes) return failure(store_error(bytes.error()));
    if (*bytes) return **std::move(bytes);
    return failure(StoreError{StoreErrorKind::Damaged, directory_.segment_path(place.position.segment) +
                                                           ": a message body does not match its checksum"});
}

Result<std::optional<std::string>, StoreError> EmbeddedStore::read_blob(std::string_view key,
                                                                        std::uint64_t offset,
                                                                        std::size_t length) const {
    Result<std::string, StoreError> bytes;
    std::optional<BlobPlace> tried;
    for (int attempt = 0; attempt < read_attempts_max; ++attempt) {
        TRY(place, index_.blob(key));
        if (!place) return std::nullopt;
        if (place == tried) break;
        if (offset >= place->length || length == 0) return std::string{};
        bytes = read_at(*place, offset, length);
        if (bytes) return *std::move(bytes);
        tried = std::move(place);
    }
    return failure(std::move(bytes).error());
}

StoreSpace EmbeddedStore::space() const {
    StoreSpace space;
    const auto index_bytes = index_.bytes();
    space.free_bytes = directory_.free_bytes().value_or(0);
    space.live_bytes = index_.live_bytes() + index_bytes;
    space.used_bytes = spares_.bytes() + index_bytes;
    for (const auto& [segment, bytes] : directory_.sizes()) space.used_bytes += bytes;
    return space;
}

}  // namespace

Result<std::unique_ptr<Store>, StoreError> open_embedded_store(EmbeddedStoreNeeds needs,
                                                               const EmbeddedStoreSettings& settings) {
    auto store = std::make_unique<EmbeddedStore>(std::move(needs), settings);
    TRY_VOID(store->start());
    return store;
}

}  // namespace cursus
