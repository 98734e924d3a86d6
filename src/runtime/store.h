// The store beneath the queue: ordered keys, atomic synced batches, blobs. Keys and values are octet strings.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cursus {

enum class StoreErrorKind : std::uint8_t {
    Full,     // no room: nothing of the batch was kept; the same write may succeed later
    Failed,   // the medium failed: nothing of the batch was promised; the store is trying to recover
    Damaged,  // what was read does not match its checksum
};
struct StoreError {
    StoreErrorKind kind;
    std::string what;  // for people
};

// A set of changes applied all or none, in order. Blob bytes are shared, not copied, and must not change.
class Batch {
public:
    struct Put {
        std::string key, value;
    };
    struct Erase {
        std::string key;
    };
    struct PutBlob {
        std::string key;
        std::vector<std::shared_ptr<const std::string>> pieces;
    };  // their concatenation
    struct EraseBlob {
        std::string key;
    };

    void put(std::string key, std::string value) { puts_.push_back({std::move(key), std::move(value)}); }
    void erase(std::string key) { erases_.push_back({std::move(key)}); }
    void put_blob(std::string key, std::vector<std::shared_ptr<const std::string>> pieces) {
        blob_puts_.push_back({std::move(key), std::move(pieces)});
    }
    void erase_blob(std::string key) { blob_erases_.push_back({std::move(key)}); }

    // Adds another batch's changes after this one's. Within one batch no key may be both put and erased:
    // a batch is a set, which is what lets group commit merge batches of different messages.
    void append(Batch&& other);
    bool empty() const {
        return puts_.empty() && erases_.empty() && blob_puts_.empty() && blob_erases_.empty();
    }
    std::size_t bytes() const;  // of all keys, values and blobs: what a write of it costs, about

    const std::vector<Put>& puts() const { return puts_; }
    const std::vector<Erase>& erases() const { return erases_; }
    const std::vector<PutBlob>& blob_puts() const { return blob_puts_; }
    const std::vector<EraseBlob>& blob_erases() const { return blob_erases_; }

private:
    std::vector<Put> puts_;
    std::vector<Erase> erases_;
    std::vector<PutBlob> blob_puts_;
    std::vector<EraseBlob> blob_erases_;
};

struct Entry {
    std::string key, value;
};

struct StoreSpace {
    std::uint64_t free_bytes = 0;  // on the file system, for us
    std::uint64_t used_bytes = 0;  // by the store
    std::uint64_t live_bytes = 0;  // of used_bytes, what is still referred to
};

class Store {
public:
    using Done = std::move_only_function<void(Result<void, StoreError>)>;

    virtual ~Store() = default;  // waits for the write in flight, whose Done is called

    // Keeps the batch on stable storage, then calls `done` once, from any thread. Writes are kept in the
    // order of the calls. A read that starts after `done` was called with success sees the batch. Never
    // blocks, never throws.
    virtual void write(Batch batch, Done done) = 0;

    // Reads may touch the disk: a few pages for get and scan, the whole blob for read_blob. Thread-safe.
    virtual Result<std::optional<std::string>, StoreError> get(std::string_view key) const = 0;
    // The first `limit` entries with from <= key < to, in order.
    virtual Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                        std::size_t limit) const = 0;
    // Part of a blob; shorter than `length` only at its end; nullopt when there is no such blob.
    virtual Result<std::optional<std::string>, StoreError> read_blob(std::string_view key,
                                                                     std::uint64_t offset,
                                                                     std::size_t length) const = 0;
    virtual StoreSpace space() const = 0;
};

// The first key after every key that begins with `prefix`: the `to` of a scan over a prefix.
std::string end_of_prefix(std::string_view prefix);

}  // namespace cursus
