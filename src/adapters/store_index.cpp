#include "adapters/store_index.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "adapters/store_index_options.h"

namespace cursus {
namespace {

// The first octet of a key says what it is.
constexpr char user_key = 'k';
constexpr char blob_key = 'b';
constexpr char live_key = 's';
constexpr char state_key = 'p';

std::string prefixed(char kind, std::string_view key) {
    std::string full;
    full.reserve(key.size() + 1);
    full.push_back(kind);
    return full += key;
}

std::string number_text(std::uint64_t number) {
    return fmt::format("{:016x}", number);
}

template <class... Integers>
std::string octets_of(Integers... integers) {
    const std::array<std::uint64_t, sizeof...(integers)> values{integers...};
    std::string octets(sizeof values, '\0');
    std::memcpy(octets.data(), values.data(), sizeof values);
    return octets;
}

template <std::size_t count>
std::optional<std::array<std::uint64_t, count>> integers_of(std::string_view octets) {
    std::array<std::uint64_t, count> values{};
    if (octets.size() != sizeof values) return std::nullopt;
    std::memcpy(values.data(), octets.data(), sizeof values);
    return values;
}

StoreError index_error(const rocksdb::Status& status) {
    const auto kind = status.IsNoSpace()      ? StoreErrorKind::Full
                      : status.IsCorruption() ? StoreErrorKind::Damaged
                                              : StoreErrorKind::Failed;
    return {kind, "index: " + status.ToString()};
}

StoreError damaged(std::string what) {
    return {StoreErrorKind::Damaged, "index: " + std::move(what)};
}
StoreError closed() {
    return {StoreErrorKind::Failed, "index: closed after an error"};
}

}  // namespace

// What one record does to the index, while it is being worked out.
struct StoreIndex::Changes {
    rocksdb::WriteBatch batch;
    std::unordered_map<std::string, std::optional<BlobPlace>> blobs;  // as this record leaves them so far
    std::map<std::uint64_t, std::int64_t> live;                       // differences

    void put(std::string_view key, std::string_view value) {
        const std::array parts{rocksdb::Slice(&user_key, 1), rocksdb::Slice(key.data(), key.size())};
        const rocksdb::Slice content(value.data(), value.size());
        batch.Put(rocksdb::SliceParts(parts.data(), parts.size()), rocksdb::SliceParts(&content, 1));
    }
    void set_blob(std::string_view key, const std::optional<BlobPlace>& before,
                  std::optional<BlobPlace> after) {
        if (before) live[before->position.segment] -= static_cast<std::int64_t>(before->length);
        if (after) live[after->position.segment] += static_cast<std::int64_t>(after->length);
        if (after) {
            batch.Put(prefixed(blob_key, key), encode(*after));
        } else {
            batch.Delete(prefixed(blob_key, key));
        }
        blobs[std::string(key)] = std::move(after);
    }
};

StoreIndex::StoreIndex(IndexSettings settings, TroubleSink trouble)
    : settings_(std::move(settings)),
      trouble_(std::move(trouble)),
      env_(make_index_env(settings_.files, trouble_)),
      cache_(make_index_cache(settings_.cache_bytes)) {}

StoreIndex::~StoreIndex() = default;

Result<void, StoreError> StoreIndex::open(Opening opening, const CatchUp& catch_up) {
    const std::unique_lock lock(opening_);
    db_.reset();
    broken_ = false;
    auto opened = open_database(opening);
    if (opened && opening == Opening::Create) opened = begin_state();
    if (opened) opened = load_state();
    if (opened) {
        opened =
            catch_up([this](SpoolPosition position, const RecordHeader& header, std::string_view operations) {
                return apply_locked(position, header, operations);
            });
    }
    if (opened) return {};
    db_.reset();
    broken_ = true;
    return opened;
}

Result<void, StoreError> StoreIndex::open_database(Opening opening) {
    auto options = make_index_options(settings_, cache_, trouble_, [this] { broken_ = true; });
    options.create_if_missing = opening == Opening::Create;
    options.env = env_.get();
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open(options, settings_.path, &opened);
    if (!status.ok()) return failure(index_error(status));
    db_.reset(opened);
    return {};
}

// From here on an index without its position in the log is one that was lost.
Result<void, StoreError> StoreIndex::begin_state() {
    rocksdb::WriteOptions unsynced;
    unsynced.disableWAL = true;
    auto status = db_->Put(unsynced, std::string(1, state_key),
                           octets_of(std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}));
    if (status.ok()) status = db_->Flush(rocksdb::FlushOptions{});
    if (!status.ok()) return failure(index_error(status));
    return {};
}

Result<void, StoreError> StoreIndex::load_state() {
    IndexState state;
    std::string value;
    const auto status = db_->Get({}, std::string(1, state_key), &value);
    if (status.ok()) {
        const auto fields = integers_of<3>(value);
        if (!fields) return failure(damaged("its position in the log is malformed"));
        state.complete = {(*fields)[0], (*fields)[1]};
        state.sequence = (*fields)[2];
    } else {
        return failure(status.IsNotFound() ? damaged("its position in the log is missing")
                                           : index_error(status));
    }
    const std::unique_ptr<rocksdb::Iterator> entries(db_->NewIterator({}));
    for (entries->Seek(std::string(1, live_key)); entries->Valid(); entries->Next()) {
        const std::string_view key(entries->key().data(), entries->key().size());
        if (key.front() != live_key) break;
        const auto fields = integers_of<2>({entries->value().data(), entries->value().size()});
        if (!fields) return failure(damaged("a segment's counter is malformed"));
        state.live[(*fields)[0]] = (*fields)[1];
    }
    if (!entries->status().ok()) return failure(index_error(entries->status()));
    const std::lock_guard lock(state_mutex_);
    state_ = std::move(state);
    return {};
}

Result<std::optional<BlobPlace>, StoreError> StoreIndex::blob_now(std::string_view key,
                                                                  const Changes& changes) const {
    if (const auto changed = changes.blobs.find(std::string(key)); changed != changes.blobs.end()) {
        return changed->second;
    }
    return stored_place(key);
}

Result<std::optional<BlobPlace>, StoreError> StoreIndex::stored_place(std::string_view key) const {
    rocksdb::PinnableSlice value;
    const auto status = db_->Get({}, db_->DefaultColumnFamily(), prefixed(blob_key, key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failure(index_error(status));
    auto place = parse_blob_place({value.data(), value.size()});
    if (!place) return failure(damaged("a blob's place is malformed"));
    return place;
}

Result<void, StoreError> StoreIndex::gather_blob(SpoolPosition bodies, const SpoolOperation& operation,
                                                 Changes& changes) const {
    TRY(before, blob_now(operation.key, changes));
    if (operation.verb == SpoolVerb::EraseBlob) {
        if (before) changes.set_blob(operation.key, before, std::nullopt);
        return {};
    }
    // Erased or replaced while it was being moved: the copy is dead from birth.
    if (operation.verb == SpoolVerb::MoveBlob && (!before || before->position != operation.from)) return {};
    BlobPlace after{{bodies.segment, bodies.offset + operation.bodies_offset},
                    operation.length,
                    std::string(operation.checks)};
    changes.set_blob(operation.key, before, std::move(after));
    return {};
}

Result<void, StoreError> StoreIndex::gather(SpoolPosition bodies, std::string_view operations,
                                            std::uint64_t bodies_bytes, Changes& changes) const {
    OperationReader reader(operations, bodies_bytes);
    SpoolOperation operation;
    auto step = reader.next(operation);
    for (; step == OperationReader::Step::Read; step = reader.next(operation)) {
        switch (operation.verb) {
            case SpoolVerb::Put:
                changes.put(operation.key, operation.value);
                break;
            case SpoolVerb::Erase:
                changes.batch.Delete(prefixed(user_key, operation.key));
                break;
            case SpoolVerb::PutBlob:
            case SpoolVerb::EraseBlob:
            case SpoolVerb::MoveBlob:
                TRY_VOID(gather_blob(bodies, operation, changes));
                break;
        }
    }
    if (step == OperationReader::Step::End) return {};
    return failure(StoreError{StoreErrorKind::Damaged, "a record's operations are malformed"});
}

Result<void, StoreError> StoreIndex::apply(SpoolPosition position, const RecordHeader& header,
                                           std::string_view operations) {
    const std::shared_lock lock(opening_);
    const std::lock_guard applying(applying_);
    return apply_locked(position, header, operations);
}

Result<void, StoreError> StoreIndex::apply_locked(SpoolPosition position, const RecordHeader& header,
                                                  std::string_view operations) {
    if (!db_) return failure(closed());
    Changes changes;
    const SpoolPosition bodies{position.segment, position.offset + header.bodies_offset()};
    TRY_VOID(gather(bodies, operations, header.bodies_bytes, changes));

    const SpoolPosition end{position.segment, position.offset + header.bytes()};
    std::map<std::uint64_t, std::uint64_t> live;
    for (const auto& [segment, difference] : changes.live) {
        const auto known = state_.live.find(segment);  // written by this thread only
        const auto before = known == state_.live.end() ? 0 : static_cast<std::int64_t>(known->second);
        const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(before + difference, 0));
        live[segment] = now;
        if (now == 0) {
            changes.batch.Delete(prefixed(live_key, number_text(segment)));
        } else {
            changes.batch.Put(prefixed(live_key, number_text(segment)), octets_of(segment, now));
        }
    }
    changes.batch.Put(std::string(1, state_key), octets_of(end.segment, end.offset, header.sequence));

    rocksdb::WriteOptions unsynced;
    unsynced.disableWAL = true;
    const auto status = db_->Write(unsynced, &changes.batch);
    if (!status.ok()) {
        broken_ = true;
        return failure(index_error(status));
    }
    const std::lock_guard state_lock(state_mutex_);
    state_.complete = end;
    state_.sequence = header.sequence;
    for (const auto& [segment, octets] : live) {
        if (octets == 0) {
            state_.live.erase(segment);
        } else {
            state_.live[segment] = octets;
        }
    }
    return {};
}

Result<IndexState, StoreError> StoreIndex::flush() {
    const std::shared_lock lock(opening_);
    if (!db_) return failure(closed());
    auto applied = state();  // before: the flush keeps at least this
    const auto status = db_->Flush(rocksdb::FlushOptions{});
    if (!status.ok()) {
        broken_ = true;
        return failure(index_error(status));
    }
    return applied;
}

Result<std::optional<std::string>, StoreError> StoreIndex::get(std::string_view key) const {
    const std::shared_lock lock(opening_);
    if (!db_) return failure(closed());
    std::string value;
    const auto status = db_->Get({}, prefixed(user_key, key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failure(index_error(status));
    return value;
}

Result<std::vector<Entry>, StoreError> StoreIndex::scan(std::string_view from, std::string_view to,
                                                        std::size_t limit) const {
    const std::shared_lock lock(opening_);
    if (!db_) return failure(closed());
    std::vector<Entry> found;
    if (from >= to) return found;
    const auto first = prefixed(user_key, from);
    const auto past = prefixed(user_key, to);
    const rocksdb::Slice bound(past);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> entries(db_->NewIterator(options));
    for (entries->Seek(first); found.size() < limit && entries->Valid(); entries->Next()) {
        auto key = entries->key();
        key.remove_prefix(1);
        found.push_back({key.ToString(), entries->value().ToString()});
    }
    if (!entries->status().ok()) return failure(index_error(entries->status()));
    return found;
}

Result<std::optional<BlobPlace>, StoreError> StoreIndex::blob(std::string_view key) const {
    const std::shared_lock lock(opening_);
    if (!db_) return failure(closed());
    return stored_place(key);
}

IndexState StoreIndex::state() const {
    const std::lock_guard lock(state_mutex_);
    return state_;
}

Result<IndexState, StoreError> StoreIndex::settled_state() const {
    const std::shared_lock lock(opening_);
    if (!db_) return failure(closed());
    const std::lock_guard applied(applying_);
    return state();
}

std::uint64_t StoreIndex::live_bytes() const {
    const std::lock_guard lock(state_mutex_);
    std::uint64_t total = 0;
    for (const auto& [segment, octets] : state_.live) total += octets;
    return total;
}

std::uint64_t StoreIndex::bytes() const {
    const std::shared_lock lock(opening_);
    std::uint64_t total = 0;
    if (db_) db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &total);
    return total;
}

}  // namespace cursus
