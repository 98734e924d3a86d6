// How often something may happen, as people write it: "100/1h per client".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cursus {

// What is counted by itself.
enum class RateBy : std::uint8_t {
    Client,   // one IPv4 address, or one /64 of IPv6
    Network,  // a /24 of IPv4, a /48 of IPv6
    Sender,
    SenderDomain,
    Account,
    Recipient,
};

// `count` at once; one more becomes free each time that an equal part of `per` has passed.
struct Rate {
    std::uint32_t count = 0;
    Duration per{};
    RateBy by = RateBy::Client;
    friend bool operator==(const Rate&, const Rate&) = default;
};

inline constexpr std::uint32_t rate_count_max = 1'000'000;
inline constexpr Duration rate_per_min = std::chrono::seconds{1};
inline constexpr Duration rate_per_max = std::chrono::hours{24 * 31};

// The error says what is wrong with `text` and what to write instead.
Result<Rate, std::string> parse_rate(std::string_view text);
std::string rate_text(const Rate& rate);  // "100/1h per client"

}  // namespace cursus
