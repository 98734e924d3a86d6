// Whether the program kept its promises. Each failure is a sentence.
#pragma once

#include <string>
#include <vector>

#include "tests/scenarios/accounts.h"
#include "tests/scenarios/event_log.h"
#include "tests/scenarios/hold_book.h"

namespace cursus {

// Results that were not kept before `from` are lost, of all that happened before `until`: a kill, or an
// orderly end while the disk is in trouble.
struct Loss {
    Instant from, until;
};

// What a scenario leaves behind for its judges.
struct Testimony {
    const Plan& plan;
    const Town& town;
    const Accounts& accounts;
    const EventLog& log;
    const std::vector<Loss>& losses;
    const HoldBook& holds;
    const std::vector<ConnectAttempt>& attempts;  // of the program
};
using Failures = std::vector<std::string>;

// Nothing acknowledged is lost, nothing that was not is delivered, what arrives is what was sent, and each
// recipient ends as the plan foresees.
void check_endings(const Testimony& evidence, Failures& failures);
// A second copy only where the program could not know of the first: its reply was lost, or a kill came before
// the result was kept. Everyone is told at most once.
void check_doubles(const Testimony& evidence, Failures& failures);
// What is held is not delivered, nor is anything told of it, until it is released.
void check_holds(const Testimony& evidence, Failures& failures);
// What a scanner finds bad is not taken, or held; nothing passes by scanners that are ill, and none is waited
// for longer than was settled.
void check_scans(const Testimony& evidence, Failures& failures);
// Nothing is tried before it is due, and a site that is due is tried.
void check_retries(const Testimony& evidence, Failures& failures);

}  // namespace cursus
