// The scanners that [scan] names.
#pragma once

#include <optional>

#include "config/settings.h"
#include "scan/clamd.h"
#include "scan/rspamd.h"
#include "scan/spamd.h"

namespace cursus {

// From any reactor. None: it is not named.
struct Scanners {
    Scanners(World& world, const ScanSettings& settings) {
        if (!settings.clamd.servers.empty()) clamd.emplace(world, settings.clamd);
        if (!settings.rspamd.servers.empty()) rspamd.emplace(world, settings.rspamd);
        if (!settings.spamd.servers.empty()) spamd.emplace(world, settings.spamd);
    }

    std::optional<Clamd> clamd;
    std::optional<Rspamd> rspamd;
    std::optional<Spamd> spamd;
};

}  // namespace cursus
