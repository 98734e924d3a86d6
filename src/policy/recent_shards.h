// What many threads remember of many strangers, within bounds.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fingerprint.h"
#include "base/recent_map.h"

namespace cursus {

// Thread-safe. Each key belongs to one of many small maps with a lock of its own: threads hardly ever meet,
// and copying one of them is the longest that a lock is held. Within its map the key used longest ago goes
// first; keys spread evenly, so that the whole forgets as one map would, a few hundredths before it is full.
template <class Value>
class RecentShards {
public:
    using Shard = RecentMap<Fingerprint, Value>;
    static constexpr std::size_t shards_count = 256;

    explicit RecentShards(std::size_t entries_max) { set_entries_max(entries_max); }

    // At least one a shard.
    void set_entries_max(std::size_t entries_max) {
        for (Guarded& each : shards_) {
            const std::scoped_lock lock(each.mutex);
            each.shard.set_entries_max(std::max<std::size_t>(1, entries_max / shards_count));
        }
    }

    // What `work` makes of the shard that `key` belongs to, which is locked meanwhile.
    template <class Work>
    std::invoke_result_t<Work, Shard&> with(const Fingerprint& key, Work work) {
        Guarded& its = shards_.at(place_of(key));
        const std::scoped_lock lock(its.mutex);
        // Not written when it is so already: all threads would else fight for the one place in memory.
        if (!is_changed_.load(std::memory_order_relaxed)) is_changed_.store(true, std::memory_order_relaxed);
        return work(its.shard);
    }
    // Changes nothing, not even what goes first.
    std::optional<Value> peek(const Fingerprint& key) const {
        const Guarded& its = shards_.at(place_of(key));
        const std::scoped_lock lock(its.mutex);
        const Value* const value = its.shard.peek(key);
        return value == nullptr ? std::nullopt : std::optional(*value);
    }

    // Of each shard what was used longest ago comes first: whoever puts it back in this order has them as
    // they were.
    std::vector<std::pair<Fingerprint, Value>> copy() const {
        std::vector<std::pair<Fingerprint, Value>> entries;
        entries.reserve(size());
        for (const Guarded& each : shards_) {
            const std::scoped_lock lock(each.mutex);
            each.shard.for_each([&](const auto& entry) { entries.push_back(entry); });
        }
        return entries;
    }
    std::size_t size() const {
        std::size_t sum = 0;
        for (const Guarded& each : shards_) {
            const std::scoped_lock lock(each.mutex);
            sum += each.shard.size();
        }
        return sum;
    }

    // Whether anything may have changed since the last call. What changes from then on is in the next one's
    // answer, whether or not a copy() in between has it.
    bool take_changed() { return is_changed_.exchange(false); }

private:
    struct Guarded {
        mutable std::mutex mutex;
        Shard shard{1};  // under mutex
    };
    // By other bits than those by which a shard finds its places.
    static std::size_t place_of(const Fingerprint& key) { return key.second % shards_count; }

    std::array<Guarded, shards_count> shards_;
    std::atomic<bool> is_changed_ = false;
};

}  // namespace cursus
