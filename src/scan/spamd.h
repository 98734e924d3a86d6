// spamd of SpamAssassin, asked how much a message looks like spam: docs/scanning.md.
#pragma once

#include "config/settings_policy.h"
#include "runtime/server_pool.h"
#include "scan/message_source.h"
#include "scan/recall.h"
#include "scan/verdict.h"

namespace cursus {

// From any reactor.
class Spamd {
public:
    // `settings` has one server at least.
    Spamd(World& world, ScannerSettings settings)
        : world_(world), settings_(std::move(settings)), pool_(settings_.servers) {}

    // On the calling reactor, which is the message's.
    Task<Result<SpamOutcome, ScanTrouble>> scan(MessageSource& message, Recall& recall);

private:
    World& world_;
    const ScannerSettings settings_;
    ServerPool pool_;
};

}  // namespace cursus
