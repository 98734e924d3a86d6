#include "main/generation.h"

#include <utility>

namespace cursus {

Generation::Generation(World& world, Memories& memories, std::unique_ptr<const Settings> settings,
                       GenerationParts parts, Footprints footprints)
    : settings_(std::move(settings)),
      parts_(std::move(parts)),
      local_(world, *settings_, parts_.tables, parts_.returns),
      router_(world.resolver, *settings_, parts_.tables),
      sender_domains_(router_, local_.destinations(), *settings_),
      callout_targets_(router_, local_.destinations(), *settings_),
      block_lists_(world.resolver, world.reactors.front()->clock(), settings_->dns_lists),
      scanners_(world, settings_->scan),
      lookups_({world.resolver, world.reactors.front()->clock(), parts_.tables, local_.destinations(),
                sender_domains_, block_lists_, memories.callouts, callout_targets_, memories.behaviour,
                parts_.advisors.get(), footprints}),
      rules_(*settings_, local_, parts_.tables, parts_.authenticator.get(), parts_.countries.get(),
             {&lookups_, &scanners_, &memories.behaviour}),
      ways_{*settings_, local_, parts_.tables, set_up_tls_clients(world.tls, *settings_)} {}

}  // namespace cursus
