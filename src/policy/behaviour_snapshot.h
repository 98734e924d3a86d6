// What is known of clients' behaviour, as octets of a file. It holds no addresses: only what they are known
// by (base/fingerprint.h) and the key that this takes.
//
//   "CURSUSBH", version (4 octets), checksum of all that follows (16)
//   when it was saved, the key, and five lists, each with its length in front: rates, triplets that wait,
//   triplets that have passed, networks, harvest
//
// All times are durations up to the moment it was saved, so none of them can lie in the future; and none is
// longer than behaviour_age_max.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fingerprint.h"
#include "base/result.h"
#include "base/time.h"
#include "policy/greylist.h"
#include "policy/harvest.h"
#include "policy/rates.h"

namespace cursus {

inline constexpr std::uint32_t behaviour_version = 1;
inline constexpr std::size_t behaviour_octets_max = std::size_t{256} * 1024 * 1024;
inline constexpr Duration behaviour_age_max = std::chrono::hours{24 * 365 * 20};

struct BehaviourSnapshot {
    WallTime saved_at{};
    FingerprintKey key;
    std::vector<Rates::Saved> rates;
    Greylist::Saved greylist;
    std::vector<Harvest::Saved> harvest;
    friend bool operator==(const BehaviourSnapshot&, const BehaviourSnapshot&) = default;
};

std::string encode(const BehaviourSnapshot& snapshot);
// The error says what is wrong with it: "it is damaged".
Result<BehaviourSnapshot, std::string> parse_behaviour(std::string_view octets);

// The parts of it: what follows the checksum, and such octets with what comes before them.
Result<BehaviourSnapshot, std::string> parse_behaviour_body(std::string_view octets);
std::string with_behaviour_head(std::string_view body);

}  // namespace cursus
