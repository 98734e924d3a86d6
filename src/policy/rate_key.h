// What a rate counts of a transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "config/rate.h"
#include "mail/mailbox.h"

namespace cursus {

inline constexpr unsigned rate_network_v4_bits = 24, rate_network_v6_bits = 48;

// What is known so far. Null: not yet.
struct RateFacts {
    IpAddress client;
    const ReversePath* sender = nullptr;
    const Mailbox* recipient = nullptr;
    std::string_view account = {};  // empty: nobody has logged in
};

// Nothing where there is nothing to count: it is not known, or nobody has logged in, or the sender is the
// null path, which is everybody's: the bounces of the whole world would share one count. Case does not
// matter, so that nobody gets more by writing an address in another way.
std::optional<std::string> rate_key(RateBy by, const RateFacts& facts);

}  // namespace cursus
