#include "policy/behaviour_snapshot.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/codec.h"

namespace cursus {
namespace {

constexpr std::string_view behaviour_magic = "CURSUSBH";

// Against damage, not against whoever can write the file.
constexpr FingerprintKey checksum_key{};

void put(Encoder& out, const Fingerprint& value) {
    out.u64(value.first);
    out.u64(value.second);
}

void put(Encoder& out, Duration value) {
    out.u64(static_cast<std::uint64_t>(value.count()));
}

void put(Encoder& out, const Rates::Saved& bucket) {
    put(out, bucket.key);
    put(out, bucket.until_full);
}

void put(Encoder& out, const Greylist::SavedAttempt& attempt) {
    put(out, attempt.triplet);
    put(out, attempt.first);
}

void put(Encoder& out, const Greylist::SavedPass& pass) {
    put(out, pass.triplet);
    put(out, pass.last);
}

void put(Encoder& out, const Greylist::SavedNetwork& network) {
    put(out, network.network);
    put(out, network.last);
    out.u32(network.passed);
}

void put(Encoder& out, const Harvest::Saved& client) {
    put(out, client.key);
    for (const HourCount::Slices& counts : client.counts)
        for (const std::uint32_t count : counts) out.u32(count);
}

template <class Record>
void put_all(Encoder& out, const std::vector<Record>& records) {
    out.u32(static_cast<std::uint32_t>(records.size()));
    for (const Record& record : records) put(out, record);
}

void take(Decoder& in, Fingerprint& value) {
    value.first = in.u64();
    value.second = in.u64();
}

void take(Decoder& in, Duration& value) {
    value = Duration(std::min(in.u64(), static_cast<std::uint64_t>(behaviour_age_max.count())));
}

void take(Decoder& in, Rates::Saved& bucket) {
    take(in, bucket.key);
    take(in, bucket.until_full);
}

void take(Decoder& in, Greylist::SavedAttempt& attempt) {
    take(in, attempt.triplet);
    take(in, attempt.first);
}

void take(Decoder& in, Greylist::SavedPass& pass) {
    take(in, pass.triplet);
    take(in, pass.last);
}

void take(Decoder& in, Greylist::SavedNetwork& network) {
    take(in, network.network);
    take(in, network.last);
    network.passed = in.u32();
}

void take(Decoder& in, Harvest::Saved& client) {
    take(in, client.key);
    for (HourCount::Slices& counts : client.counts)
        for (std::uint32_t& count : counts) count = in.u32();
}

// Not reserved: a length that is not true must not cost more than the octets that are there.
template <class Record>
void take_all(Decoder& in, std::vector<Record>& records) {
    const std::size_t count = in.count();
    for (std::size_t i = 0; i < count && in.is_good(); ++i) take(in, records.emplace_back());
}

std::string body_of(const BehaviourSnapshot& snapshot) {
    Encoder out;
    out.time(snapshot.saved_at);
    out.u64(snapshot.key.first);
    out.u64(snapshot.key.second);
    put_all(out, snapshot.rates);
    put_all(out, snapshot.greylist.waiting);
    put_all(out, snapshot.greylist.passed);
    put_all(out, snapshot.greylist.networks);
    put_all(out, snapshot.harvest);
    return out.take();
}

}  // namespace

std::string with_behaviour_head(std::string_view body) {
    Encoder out(body.size() + 64);
    out.raw(behaviour_magic);
    out.u32(behaviour_version);
    put(out, fingerprint(checksum_key, body));
    out.raw(body);
    return out.take();
}

std::string encode(const BehaviourSnapshot& snapshot) {
    return with_behaviour_head(body_of(snapshot));
}

Result<BehaviourSnapshot, std::string> parse_behaviour_body(std::string_view octets) {
    Decoder in(octets);
    BehaviourSnapshot snapshot;
    snapshot.saved_at = in.time();
    snapshot.key.first = in.u64();
    snapshot.key.second = in.u64();
    take_all(in, snapshot.rates);
    take_all(in, snapshot.greylist.waiting);
    take_all(in, snapshot.greylist.passed);
    take_all(in, snapshot.greylist.networks);
    take_all(in, snapshot.harvest);
    if (!in.is_at_end()) return failure(std::string("it is damaged: its lists are not as long as they say"));
    return snapshot;
}

Result<BehaviourSnapshot, std::string> parse_behaviour(std::string_view octets) {
    Decoder in(octets);
    if (in.raw(behaviour_magic.size()) != behaviour_magic)
        return failure(std::string("it is no memory of clients' behaviour"));
    const std::uint32_t version = in.u32();
    if (in.is_good() && version != behaviour_version) {
        return failure(
            fmt::format("it was written by another version of cursus (its format is {}, {} is known)",
                        version, behaviour_version));
    }
    Fingerprint checksum;
    take(in, checksum);
    if (!in.is_good() || checksum != fingerprint(checksum_key, in.rest()))
        return failure(std::string("it is damaged: its checksum is wrong"));
    return parse_behaviour_body(in.rest());
}

}  // namespace cursus
