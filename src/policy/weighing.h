// Whether a rule's conditions hold for one recipient of one session.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/evidence.h"
#include "runtime/table.h"

namespace cursus {

// What all weighing of a stage shares.
struct Weighing {
    Evidence& evidence;
    const Settings& settings;
    const Tables& tables;
    RuleStage stage;
    std::optional<Mailbox> recipient;
    std::map<TextValue, std::string> values;  // what the findings bring into texts
};

// A check of something that is not there - the null sender's domain, the name of a local socket's client -
// never holds, whether it is negated or not.
bool is_about_nothing(Topic topic, const Weighing& weighing);

// From what the session knows already; nothing: it has to be asked for.
std::optional<Truth> known(const Condition& condition, const Weighing& weighing);
// The same of all of a group.
std::optional<Truth> known(const ConditionGroup& group, const Weighing& weighing);

// What a condition asks, as far as that is clear before anything is answered.
std::vector<Question> questions(const Condition& condition, const Weighing& weighing);

// Names and media types of the message's parts.
std::vector<std::string> attachment_texts(const ContentFacts& content);

// With asking, what costs least first. `bucket` names the rule where it counts.
Task<Truth> weigh(const ConditionGroup& group, Weighing& weighing, const std::string& bucket);

}  // namespace cursus
