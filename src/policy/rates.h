// Rates as token buckets: so much at once, and then as much as flows in again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/fingerprint.h"
#include "base/time.h"
#include "config/rate.h"
#include "policy/recent_shards.h"

namespace cursus {

// Thread-safe. Of each bucket is kept when it will be full again, and nothing else: a bucket that is full is
// as good as none. Time is a clock's that never jumps; whoever's is a little behind takes what there was
// then.
class Rates {
public:
    static constexpr std::size_t buckets_max = 200'000;

    explicit Rates(const Fingerprinter& fingerprints) : fingerprints_(fingerprints) {}

    // True while within the rate, and then it counts. What is refused does not count: whoever goes on asking
    // is not kept out for longer. `bucket` names who counts, so that each counts for itself. The rate may
    // be another than before: how empty the bucket is, in time, stays, but is never more than all of it.
    bool take(std::string_view bucket, std::string_view key, const Rate& rate, Instant now);
    // How many more would be within the rate now. Counts nothing.
    std::uint32_t peek(std::string_view bucket, std::string_view key, const Rate& rate, Instant now) const;
    std::size_t size() const { return buckets_.size(); }

    // ---- for the file
    struct Saved {
        Fingerprint key;
        Duration until_full{};
        friend bool operator==(const Saved&, const Saved&) = default;
    };
    std::vector<Saved> saved(Instant now) const;
    void restore(const std::vector<Saved>& saved, Instant then);  // `then`: when it was saved
    bool take_changed() { return buckets_.take_changed(); }

private:
    struct Bucket {
        Instant full_at = Instant::min();
    };
    const Fingerprinter& fingerprints_;
    RecentShards<Bucket> buckets_{buckets_max};
};

}  // namespace cursus
