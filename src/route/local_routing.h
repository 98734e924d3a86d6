// Everything that is known of this host's own addresses, put together: made once, asked when RCPT is
// answered, when mail is delivered, and by `cursus route`. Any thread.
#pragma once

#include "config/settings.h"
#include "route/destinations.h"
#include "route/expansion.h"
#include "route/local_lookup.h"
#include "route/return_paths.h"
#include "runtime/reactor.h"
#include "runtime/table.h"

namespace cursus {

class LocalRouting {
public:
    // The world, the settings and the tables outlive it.
    LocalRouting(World& world, const Settings& settings, const Tables& tables, ReturnPaths returns = {})
        : destinations_(settings),
          returns_(std::move(returns)),
          lookup_(settings, tables, world.users, returns_),
          expander_({world, settings, lookup_, destinations_, returns_, forward_files(world, settings)}) {}
    LocalRouting(const LocalRouting&) = delete;
    LocalRouting& operator=(const LocalRouting&) = delete;

    const Destinations& destinations() const { return destinations_; }
    const LocalLookup& lookup() const { return lookup_; }
    const MailboxTemplate& mailboxes() const { return lookup_.mailboxes(); }
    const Expander& expander() const { return expander_; }

private:
    static ForwardFiles forward_files(World& world, const Settings& settings) {
        const bool can_be_read = settings.local.forward_files && world.deputy.why_absent().empty();
        return can_be_read ? ForwardFiles::Heeded : ForwardFiles::PassedOver;
    }

    Destinations destinations_;
    ReturnPaths returns_;
    LocalLookup lookup_;
    Expander expander_;
};

}  // namespace cursus
