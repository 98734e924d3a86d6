// Which addresses a route may lead to.
#pragma once

#include <cstdint>

#include "base/ip.h"
#include "config/settings.h"

namespace cursus {

// How far into our own networks a route may lead: what [delivery] lets the DNS of strangers do is usual.
enum class Reach : std::uint8_t {
    Usual,
    Private,  // beyond it private addresses: domains that this host is a gateway of
    Inside,   // private addresses and loopback: hosts that the configuration gives
};

// What the records of a stranger must not make us connect to.
bool may_reach(const IpAddress& address, Reach reach, const DeliverySettings& settings);

}  // namespace cursus
