#pragma once

#include "runtime/reactor.h"

namespace cursus {

// The reactor that the calling task runs on, for what is shared by all of them. It is one of the world's.
Task<Reactor*> calling_reactor(World& world);

}  // namespace cursus
