// What happens once, when the queue opens what a store holds.
#pragma once

#include "queue/core.h"

namespace cursus {

// Checks the layout's version, takes the lease, removes pieces of bodies that have no message and the trouble
// of sites that is too old to mean anything, and finds the newest id. None of it takes longer the longer the
// queue is.
Task<Result<void, QueueError>> open_store(Core& core);

}  // namespace cursus
