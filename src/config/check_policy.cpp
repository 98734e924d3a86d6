#include "config/check_policy.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "base/text.h"
#include "config/conditions.h"
#include "config/default_rules.h"
#include "config/option.h"

namespace cursus {
namespace {

using Errors = std::vector<ConfigError>;

// A key that belongs to some actions, and whether they need it.
enum class Need : std::uint8_t { Wanted, Possible };
struct ActionKey {
    std::string_view key;
    std::span<const RuleAction> actions;
    Need need;
};

constexpr std::array text_actions{RuleAction::Reject, RuleAction::Defer, RuleAction::Hold,
                                  RuleAction::Discard};
constexpr std::array annotate_action{RuleAction::Annotate};
constexpr std::array tag_action{RuleAction::Tag};
constexpr std::array delay_action{RuleAction::Delay};
constexpr std::array copy_action{RuleAction::Copy};
constexpr std::array hold_action{RuleAction::Hold};
constexpr std::array ask_action{RuleAction::Ask};
constexpr std::array action_keys{
    ActionKey{"text", text_actions, Need::Possible},
    ActionKey{"header", annotate_action, Need::Possible},
    ActionKey{"replace_header", annotate_action, Need::Possible},
    ActionKey{"remove_header", annotate_action, Need::Possible},
    ActionKey{"subject_tag", annotate_action, Need::Possible},
    ActionKey{"tag", tag_action, Need::Wanted},
    ActionKey{"delay", delay_action, Need::Wanted},
    ActionKey{"to", copy_action, Need::Wanted},
    ActionKey{"keep", hold_action, Need::Possible},
    ActionKey{"ask", ask_action, Need::Wanted},
};

void check_keys(const RuleSettings& rule, const ElementPlace& place, Errors& errors) {
    for (const auto& [key, actions, need] : action_keys) {
        const bool is_its_own = std::ranges::find(actions, rule.action) != actions.end();
        const bool is_written = place.keys.contains(key);
        if (is_written && !is_its_own)
            errors.push_back(
                {place.of(key), fmt::format("{} does nothing where do = \"{}\"", key, name(rule.action))});
        if (!is_written && is_its_own && need == Need::Wanted)
            errors.push_back(
                {place.start, fmt::format("do = \"{}\" needs the key {}", name(rule.action), key)});
    }
    const bool changes_something =
        !rule.add.empty() || !rule.replace.empty() || !rule.remove.empty() || !rule.subject_tag.empty();
    if (rule.action == RuleAction::Annotate && !changes_something)
        errors.push_back(
            {place.start, "do = \"annotate\" needs header, replace_header, remove_header or subject_tag"});
}

// Of all patterns that ask one.
std::vector<std::string> tables_of(const Condition& condition) {
    std::vector<std::string> tables;
    const auto add = [&](const auto& operand) {
        if constexpr (requires { std::get_if<TablePattern>(&operand.front()); })
            for (const auto& pattern : operand)
                if (const auto* table = std::get_if<TablePattern>(&pattern)) tables.push_back(table->table);
    };
    std::visit(add, condition.operand);
    return tables;
}

// A declared list of the right kind, or else a zone.
void check_lists(const Condition& condition, const Settings& settings, SourcePlace place, Errors& errors) {
    const auto subject = list_subject_of(condition.topic);
    if (!subject) return;
    for (const auto& list : std::get<Words>(condition.operand)) {
        const auto declared = std::ranges::find(settings.dns_lists, list, &DnsListSettings::name);
        if (declared == settings.dns_lists.end()) {
            if (list.find('.') == std::string::npos || !Domain::parse(list))
                errors.push_back(
                    {place, fmt::format("\"{}\" is neither the name of a [[dnslist]] nor a zone", list)});
        } else if (declared->subject != *subject) {
            errors.push_back(
                {place, fmt::format("[[dnslist]] \"{}\" lists {}; the condition {} asks for {}", list,
                                    *subject == ListSubject::Address ? "domains" : "addresses",
                                    spec_of(condition.topic).name,
                                    *subject == ListSubject::Address ? "addresses" : "domains")});
        }
    }
}

void check_listeners(const Condition& condition, const Settings& settings, SourcePlace place,
                     Errors& errors) {
    if (condition.topic != Topic::Listener) return;
    for (const auto& name : std::get<Words>(condition.operand)) {
        const auto is_it = [&](const ListenerSettings& listener) { return to_lower(listener.name) == name; };
        if (std::ranges::none_of(settings.listeners, is_it))
            errors.push_back({place, fmt::format("there is no [[listener]] named \"{}\"", name)});
    }
}

std::string text_of(const Condition& condition) {
    const std::string topic(name(condition.topic));
    const auto* const rate = std::get_if<Rate>(&condition.operand);
    return rate == nullptr ? topic : fmt::format("{} \"{}\"", topic, rate_text(*rate));
}

void check_condition(const Condition& condition, const RuleSettings& rule, const Settings& settings,
                     SourcePlace place, Errors& errors) {
    if (const RuleStage from = known_from(condition); rule.at < from)
        errors.push_back({place, fmt::format("{} is not known before {}; write at = \"{}\"",
                                             text_of(condition), name(from), name(from))});
    for (const auto& table : tables_of(condition))
        if (std::ranges::find(settings.tables, table, &TableSettings::name) == settings.tables.end())
            errors.push_back({place, fmt::format("there is no [[table]] named \"{}\"", table)});
    check_lists(condition, settings, place, errors);
    check_listeners(condition, settings, place, errors);
}

// RFC 3463 §2: the status is of the reply's own kind.
void check_status(const RuleSettings& rule, const ElementPlace& place, Errors& errors) {
    if (!rule.status) return;
    const bool fits = (rule.action == RuleAction::Reject && rule.status->status_class == 5) ||
                      (rule.action == RuleAction::Defer && rule.status->status_class == 4);
    if (!fits)
        errors.push_back({place.of("text"), fmt::format("the status {} is none of do = \"{}\"",
                                                        rule.status->text(), name(rule.action))});
}

// What has been counted is remembered under the rule's name, which must not change with the lines above it.
void check_rates(const RuleSettings& rule, const ElementPlace& place, Errors& errors) {
    if (place.keys.contains("name")) return;
    bool counts = false;
    for_each_condition(rule.when,
                       [&](const Condition& condition) { counts |= condition.topic == Topic::Rate; });
    if (counts)
        errors.push_back({place.start,
                          "this rule counts, and what it has counted is remembered under its name; "
                          "write name = \"often\""});
}

void check_rule(const RuleSettings& rule, const ElementPlace& place, const Settings& settings,
                Errors& errors) {
    if (!place.keys.contains("do"))
        errors.push_back({place.start, "this rule does nothing; write do = \"reject\""});
    if (!place.keys.contains("at"))
        errors.push_back({place.start, "this rule says not when; write at = \"rcpt\""});
    check_keys(rule, place, errors);
    check_status(rule, place, errors);
    check_rates(rule, place, errors);
    const auto where = place.of("if");
    for_each_condition(rule.when, [&](const Condition& condition) {
        check_condition(condition, rule, settings, where, errors);
    });
    if (const auto missing = missing_for(rule.when, settings))
        errors.push_back({where, fmt::format("this rule could never be decided: {}", *missing)});
}

// A name is how events tell rules apart, and what their rates count under.
void check_rule_names(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::map<std::string_view, std::uint32_t> lines;
    for (std::size_t i = 0; i < settings.rules.size(); ++i) {
        const RuleSettings& rule = settings.rules[i];
        const auto place = places.rules[i].of("name");
        const auto [earlier, is_new] = lines.try_emplace(rule.name, rule.line);
        if (!is_new)
            errors.push_back({place, fmt::format("the rule at line {} is named \"{}\" too; name this one, at "
                                                 "line {}, differently",
                                                 earlier->second, rule.name, rule.line)});
        if (settings.policy.default_rules && is_default_rule(rule.name))
            errors.push_back({place, fmt::format("a default rule is named \"{}\"; name this one differently, "
                                                 "or write [policy] default_rules = false",
                                                 rule.name)});
    }
}

void check_dns_lists(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    std::set<std::string, std::less<>> names;
    for (std::size_t i = 0; i < settings.dns_lists.size(); ++i) {
        const auto& list = settings.dns_lists[i];
        if (list.zone.empty())
            errors.push_back(
                {places.dns_lists[i].start, "this list has no zone; write zone = \"zen.spamhaus.org\""});
        else if (!names.insert(list.name).second)
            errors.push_back(
                {places.dns_lists[i].start, fmt::format("there is a [[dnslist]] \"{}\" already", list.name)});
    }
}

void check_greylist(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    const Duration wait = settings.greylist.wait, retry_window = settings.greylist.retry_window;
    const Duration keep = settings.greylist.keep;
    const auto place = places.table("greylist");
    if (wait >= retry_window)
        errors.push_back({place, fmt::format("nobody would ever pass: a second attempt counts only after {} "
                                             "and only within {}; write a shorter wait or a longer "
                                             "retry_window",
                                             duration_text(wait), duration_text(retry_window))});
    if (keep < retry_window)
        errors.push_back(
            {place, fmt::format("who has passed would be forgotten after {}, before its retry_window "
                                "of {}; write a longer keep",
                                duration_text(keep), duration_text(retry_window))});
}

}  // namespace

void check_policy(const Settings& settings, const ConfigPlaces& places, Errors& errors) {
    check_dns_lists(settings, places, errors);
    check_greylist(settings, places, errors);
    check_rule_names(settings, places, errors);
    for (std::size_t i = 0; i < settings.rules.size(); ++i)
        check_rule(settings.rules[i], places.rules[i], settings, errors);
}

}  // namespace cursus
