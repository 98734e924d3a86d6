#include "policy/rates.h"

#include <algorithm>

namespace cursus {
namespace {

// Rounded down, and the depth with it: as many as the rate says are free at once, and not one more.
Duration interval_of(const Rate& rate) {
    return rate.per / rate.count;
}

Duration depth_of(const Rate& rate) {
    return interval_of(rate) * rate.count;
}

}  // namespace

bool Rates::take(std::string_view bucket, std::string_view key, const Rate& rate, Instant now) {
    const Fingerprint id = fingerprints_.of({bucket, key});
    const Instant latest = now + depth_of(rate);
    return buckets_.with(id, [&](auto& shard) {
        Instant& full_at = shard.at(id).full_at;
        full_at = std::clamp(full_at, now, latest);
        if (full_at + interval_of(rate) > latest) return false;
        full_at += interval_of(rate);
        return true;
    });
}

std::uint32_t Rates::peek(std::string_view bucket, std::string_view key, const Rate& rate,
                          Instant now) const {
    const auto found = buckets_.peek(fingerprints_.of({bucket, key}));
    if (!found) return rate.count;
    const Instant latest = now + depth_of(rate);
    return static_cast<std::uint32_t>((latest - std::clamp(found->full_at, now, latest)) / interval_of(rate));
}

std::vector<Rates::Saved> Rates::saved(Instant now) const {
    std::vector<Saved> saved;
    for (const auto& [key, bucket] : buckets_.copy())
        if (bucket.full_at > now) saved.push_back({key, bucket.full_at - now});
    return saved;
}

void Rates::restore(const std::vector<Saved>& saved, Instant then) {
    for (const auto& [key, until_full] : saved)
        buckets_.with(key, [&](auto& shard) { shard.at(key).full_at = then + until_full; });
}

}  // namespace cursus
