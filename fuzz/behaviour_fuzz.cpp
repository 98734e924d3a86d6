// The file in which clients' behaviour is kept: whatever it holds is refused or read within bounds, and what
// was read of it can be used, saved and written again. Its checksum keeps the fuzzer out, so its body is read
// by itself too.
#include <chrono>

#include "fuzz/fuzz.h"
#include "policy/behaviour_snapshot.h"

namespace cursus::fuzz {
namespace {

constexpr std::size_t record_octets_min = 24;  // a fingerprint and a duration

std::size_t records_of(const BehaviourSnapshot& snapshot) {
    return snapshot.rates.size() + snapshot.greylist.waiting.size() + snapshot.greylist.passed.size() +
           snapshot.greylist.networks.size() + snapshot.harvest.size();
}

// As a start does with it.
void live_on(const BehaviourSnapshot& snapshot) {
    const Instant now{std::chrono::hours{1}};
    const Fingerprinter fingerprints(snapshot.key);
    const Rate rate{100, std::chrono::hours{1}, RateBy::Client};
    Rates rates(fingerprints);
    rates.restore(snapshot.rates, now - behaviour_age_max);
    require(rates.peek("rule", "key", rate, now) <= rate.count);
    rates.take("rule", "key", rate, now);
    for (const auto& bucket : rates.saved(now)) require(bucket.until_full <= behaviour_age_max);
    Greylist greylist(fingerprints, {});
    greylist.restore(snapshot.greylist, now - behaviour_age_max);
    require(greylist.size() <= records_of(snapshot));
    const auto saved = greylist.saved(now);
    require(saved.waiting.size() <= snapshot.greylist.waiting.size());
    Harvest harvest(fingerprints);
    harvest.restore(snapshot.harvest, now);
    harvest.note({}, Misdeed::UnknownRecipient, now);
    require(harvest.count({}, Misdeed::UnknownRecipient, now) > 0);
    require(harvest.saved(now).size() <= snapshot.harvest.size() + 1);
}

void check(std::string_view body) {
    const auto snapshot = parse_behaviour_body(body);
    const auto whole = parse_behaviour(with_behaviour_head(body));
    require(snapshot.has_value() == whole.has_value());
    if (!snapshot) return;
    require(*snapshot == *whole);
    require(records_of(*snapshot) * record_octets_min <= body.size());
    require(parse_behaviour(encode(*snapshot)) == *snapshot);
    live_on(*snapshot);
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    if (const auto snapshot = parse_behaviour(octets))
        fuzz::require(parse_behaviour(encode(*snapshot)) == *snapshot);
    fuzz::check(octets);
    return 0;
}
