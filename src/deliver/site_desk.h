// The home reactor's side of a site: who feeds it, how much may be out, and what its trouble means for the
// queue.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "deliver/job.h"
#include "deliver/site.h"
#include "deliver/slots.h"

namespace cursus {

// One life of a site: from the first destination that has work for it until it fails, nobody has, or a reload
// replaces it.
struct SiteDesk {
    SiteDesk(std::string its_key, std::uint32_t failures_before)
        : key(std::move(its_key)), failures(failures_before) {}

    const std::string key;
    std::uint32_t failures;  // in a row, up to now
    Slots slots;
    std::map<Destination, std::shared_ptr<Feed>> members;  // destinations that feed it
    bool is_replaced = false;          // by the ways of a reload: it ends what it has begun
    std::optional<SiteFailed> failed;  // it took no mail
    WallTime next_try{};               // when it failed
    Event is_marked;                   // set once the queue knows that it failed
    std::unique_ptr<Site> site;
};

}  // namespace cursus
