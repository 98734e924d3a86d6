// Whether a rule's conditions hold for one recipient of one session.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/evidence.h"

namespace cursus {

// What all weighing of a stage shares.
struct Weighing {
    Evidence& evidence;
    const Settings& settings;
    RuleStage stage;
    std::optional<Mailbox> recipient;
    std::map<TextValue, std::string> values;  // what the findings bring into texts
    Words tags = {};                          // that rules of this stage have set so far
};

// A check of something that is not there - the null sender's domain, the name of a local socket's client -
// never holds, whether it is negated or not.
bool is_about_nothing(Topic topic, const Weighing& weighing);

// From what the session knows already; nothing: it has to be asked for.
std::optional<Truth> known(const Condition& condition, const Weighing& weighing);
// The same of all of a group.
std::optional<Truth> known(const ConditionGroup& group, const Weighing& weighing);

// The topic of its questions: that of another one's, where a condition looks at the same answer.
Topic asked_as(Topic topic);
// What a condition asks, as far as that is clear before anything is answered.
std::vector<Question> questions(const Condition& condition, const Weighing& weighing);

// Names and media types of the message's parts.
std::vector<std::string> attachment_texts(const ContentFacts& content);

// Where a condition stands: in which rule, and whether the rule wants it not to hold.
struct RulePart {
    const std::string& rule;
    bool is_negated = false;
    RulePart within(bool negation) const { return {rule, is_negated != negation}; }
};

// With asking, what costs least first. `part`: where the group stands, without its own negation.
Task<Truth> weigh(const ConditionGroup& group, Weighing& weighing, RulePart part);

}  // namespace cursus
