// What is remembered of others, however often the configuration is read again.
#pragma once

#include "config/settings.h"
#include "mail/events.h"
#include "policy/behaviour.h"
#include "policy/callouts.h"
#include "runtime/reactor.h"

namespace cursus {

struct Memories {
    Memories(World& world, EventSink& events, const Settings& settings)
        : behaviour(world, events, settings.data_dir + "/behaviour", settings.greylist),
          callouts(world, settings.callout) {}
    void adopt(const Settings& settings) {
        behaviour.adopt(settings.greylist);
        callouts.adopt(settings.callout);
    }

    Behaviour behaviour;
    Callouts callouts;
};

}  // namespace cursus
