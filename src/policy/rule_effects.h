// What a rule that holds does.
#pragma once

#include "policy/ruling.h"
#include "policy/weighing.h"

namespace cursus {

enum class Onward : std::uint8_t {
    Next,
    Stop,
    Undecided,  // the rule's advisor gives no answer
};

// Adds to the ruling, or ends it. Asks the rule's advisor where it has one.
Task<Onward> apply(const RuleSettings& rule, Weighing& weighing, Ruling& ruling);
// Nobody could decide the rule, and its mail is to wait for that.
void put_off(Ruling& ruling, const RuleSettings& rule, const Weighing& weighing);
// The stage's rules are through: what an advisor wanted deferred unless it was refused is deferred now.
void settle_reservation(Ruling& ruling);

}  // namespace cursus
