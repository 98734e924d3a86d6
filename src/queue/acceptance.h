// A message's first records, and the same message as the schedule will have it in memory.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "queue/body.h"
#include "queue/core.h"

namespace cursus {

// What stands in place of the first octets of a body.
struct NewHead {
    SharedBody octets;
    std::uint64_t in_place_of = 0;
};

struct NewMessage {
    MessageId id;
    Envelope envelope;  // complete, its size too
    std::vector<NewRecipient> recipients;
    std::uint32_t pieces_kept = 0;     // of the body, in the store already
    SharedBody rest;                   // the body's last piece, or all of it; at most a piece
    std::optional<NewHead> head = {};  // not within `rest`
};

struct Acceptance {
    Batch batch;
    LivePtr message;
    std::vector<MailEvent> events;
};

// Fails when a destination is not one that keys can hold.
Result<Acceptance, QueueError> accept(Core& core, NewMessage message);

// Between the two nobody else touches the message: begin before the batch is written, then, on any reactor,
// either tell the log and the schedule that it was kept, or withdraw.
void begin_arrival(Core& core, const Acceptance& acceptance);
void announce(Core& core, Acceptance acceptance);
void withdraw_arrival(Core& core, const Acceptance& acceptance);

// All of that around the write, for a task that runs on `here`; returns after the sync. When the store cannot
// say whether it was kept, it is taken back.
Task<Result<void, StoreError>> keep(Core& core, Acceptance acceptance, Executor here);

}  // namespace cursus
