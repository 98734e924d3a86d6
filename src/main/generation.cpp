#include "main/generation.h"

#include <utility>

namespace cursus {

Generation::Generation(World& world, std::unique_ptr<const Settings> settings, GenerationParts parts)
    : settings_(std::move(settings)),
      parts_(std::move(parts)),
      local_(world, *settings_, parts_.tables, parts_.returns),
      rules_(*settings_, local_, parts_.tables, parts_.authenticator.get(), parts_.countries.get()),
      ways_{*settings_, local_, parts_.tables, set_up_tls_clients(world.tls, *settings_)} {}

}  // namespace cursus
