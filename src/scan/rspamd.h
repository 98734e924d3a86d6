// rspamd, asked how much a message looks like spam and what is to be done with it: docs/scanning.md.
#pragma once

#include "config/settings_policy.h"
#include "runtime/server_pool.h"
#include "scan/message_source.h"
#include "scan/recall.h"
#include "scan/scan_context.h"
#include "scan/verdict.h"

namespace cursus {

// From any reactor.
class Rspamd {
public:
    // `settings` has one server at least.
    Rspamd(World& world, ScannerSettings settings)
        : world_(world), settings_(std::move(settings)), pool_(settings_.servers) {}

    // On the calling reactor, which is the message's. Edits count the message's first field, our own
    // Received, as 0.
    Task<Result<SpamOutcome, ScanTrouble>> scan(MessageSource& message, ScanContext context, Recall& recall);

private:
    World& world_;
    const ScannerSettings settings_;
    ServerPool pool_;
};

}  // namespace cursus
