// The conditions that rules may have: the one list of their names, what they take, and from when on they are
// known.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/rule.h"
#include "config/settings.h"

namespace cursus {

// What stands behind a condition's name.
enum class OperandKind : std::uint8_t {
    Flag,
    Words,        // some of `words`
    FreeWords,    // zones, tags, countries
    FlagOrWords,  // true: the topic's own measure
    FlagOrNames,  // true: any
    Names,
    Clients,
    Addresses,
    Headers,
    Times,
    Number,
    Octets,
    PerTime,
};

// What it costs to find out, in the order in which a rule's conditions are looked at.
enum class Cost : std::uint8_t {
    Known,    // in the session already
    Asked,    // of the DNS or a table
    Scanned,  // of a program that reads the whole message
    Dialled,  // of another host, by a callout
    Counted,  // anew each time, since the answer changes, mostly by being asked for
};

struct ConditionSpec {
    Topic topic;
    std::string_view name;
    OperandKind operand;
    RuleStage from;
    Cost cost;
    std::string_view help;
    std::vector<std::string_view> words = {};
};

std::span<const ConditionSpec> condition_specs();
const ConditionSpec& spec_of(Topic topic);  // of any but TableEntry
std::string_view name(Topic topic);
// From when on it can be asked: as soon as its topic is known, and, of a rate, what it counts by.
RuleStage known_from(const Condition& condition);
// What the lists list that it asks; nothing: it asks none by name.
std::optional<ListSubject> list_subject_of(Topic topic);
// Whether what is asked about it is the client, which stays, or a transaction, which ends.
bool is_of_transaction(Topic topic);

// Every condition of a group and of those in it.
void for_each_condition(const ConditionGroup& group, const std::function<void(const Condition&)>& call);
// A sentence about the part of the configuration that the conditions would ask and that is not there; nothing
// when all can be asked.
std::optional<std::string> missing_for(const ConditionGroup& group, const Settings& settings);

// The value of a rule's `if`. Errors stand at the part that is wrong.
Result<ConditionGroup, ConfigError> parse_conditions(const ConfigValue& value);

}  // namespace cursus
