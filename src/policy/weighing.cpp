#include "policy/weighing.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "config/conditions.h"
#include "policy/client_name.h"
#include "policy/list_names.h"
#include "policy/list_score.h"
#include "policy/matching.h"
#include "policy/pattern_asking.h"
#include "policy/rate_key.h"

namespace cursus {
namespace {

const Mailbox* sender_of(const Weighing& weighing) {
    const auto& sender = weighing.evidence.facts().sender;
    return sender ? std::get_if<Mailbox>(&*sender) : nullptr;
}

std::string zone_of(const std::string& list, const Settings& settings) {
    const auto declared = std::ranges::find(settings.dns_lists, list, &DnsListSettings::name);
    return declared == settings.dns_lists.end() ? list : declared->zone;
}

// Of a question to a list, as list_questions() writes it.
std::string zone_of(const Question& question) {
    return question.subject.substr(0, question.subject.find(' '));
}

// One question for each zone and subject.
std::vector<Question> list_questions(Topic topic, const Words& lists,
                                     const std::vector<std::string>& subjects, const Settings& settings) {
    std::vector<Question> asked;
    for (const auto& list : lists) {
        for (const auto& subject : subjects) {
            Question question{topic, zone_of(list, settings) + ' ' + subject};
            if (std::ranges::find(asked, question) == asked.end()) asked.push_back(std::move(question));
        }
    }
    return asked;
}

Words scored_lists(const Settings& settings) {
    Words lists;
    for (const auto& list : settings.dns_lists)
        if (list.subject == ListSubject::Address) lists.push_back(list.name);
    return lists;
}

// What a topic is asked about, where that is one thing.
std::string subject_of(Topic topic, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    switch (topic) {
        case Topic::SenderDomain:
            return host_text(sender_of(weighing)->host());
        case Topic::SenderCallout:
            return sender_of(weighing)->text();
        case Topic::RecipientCallout:
        case Topic::Greylisted:
            return weighing.recipient->text();
        case Topic::HeloForm:
        case Topic::HeloDns:
            return facts.helo;
        case Topic::ReverseDns:
            return facts.client.address.text();
        default:
            return {};
    }
}

// Lists of names are asked about neither the null sender nor an address.
bool is_listable_name(const std::string& text) {
    const auto subject = listed_subject(text);
    return subject && std::holds_alternative<Domain>(*subject) && is_listable(*subject);
}

bool names_unscanned(const Condition& condition) {
    if (const auto* words = std::get_if<Words>(&condition.operand))
        return std::ranges::find(*words, unscanned) != words->end();
    const auto* names = std::get_if<std::vector<NamePattern>>(&condition.operand);
    return names != nullptr &&
           std::ranges::find(*names, NamePattern(*Glob::parse(unscanned))) != names->end();
}

// Of something that is not there, or that no scanner has looked at: as it never holds, it does before it is
// negated.
Truth about_nothing(const Condition& condition) {
    return truth(condition.is_negated);
}

// Whether what was found is what the condition wants.
Truth meets(const Condition& condition, const Found& finding) {
    if (!finding.is_known()) return Truth::Unknown;
    if (finding.is(not_asked)) return about_nothing(condition);
    if (finding.is(unscanned) && !names_unscanned(condition)) return about_nothing(condition);
    if (const auto* flag = std::get_if<bool>(&condition.operand)) {
        const bool is_found = condition.topic == Topic::Spam ? finding.is("spam") : !finding.words.empty();
        return truth(is_found == *flag);
    }
    if (const auto* words = std::get_if<Words>(&condition.operand))
        return truth(std::ranges::any_of(*words, [&](const auto& word) { return finding.is(word); }));
    if (const auto* comparison = std::get_if<Comparison>(&condition.operand))
        return truth(comparison->holds(finding.number));
    const auto& patterns = std::get<std::vector<NamePattern>>(condition.operand);
    return truth(std::ranges::any_of(finding.words, [&](const std::string& word) {
        return std::ranges::any_of(patterns,
                                   [&](const NamePattern& pattern) { return matches(pattern, word); });
    }));
}

void keep_list(const Question& question, const Found& finding, Weighing& weighing) {
    weighing.values[TextValue::ListZone] = zone_of(question);
    weighing.values[TextValue::ListReason] = finding.detail;
}

void keep_values(const Question& question, const Found& finding, Weighing& weighing) {
    auto& values = weighing.values;
    if (list_subject_of(question.topic) && !finding.words.empty())
        return keep_list(question, finding, weighing);
    switch (question.topic) {
        case Topic::Virus:
            values[TextValue::VirusName] = fmt::format("{}", fmt::join(finding.words, ", "));
            return;
        case Topic::Spam:
            values[TextValue::SpamScore] = fmt::format("{:.1f}", finding.number);
            values[TextValue::SpamSymbols] = finding.detail;
            return;
        default:
            return;
    }
}

// Of several answers to one condition one that meets it is enough. A list that is of no use is passed over,
// but no rule acts because somebody is not on it.
Task<Truth> weigh_questions(const Condition& condition, Weighing& weighing, RulePart part,
                            std::vector<Question> asked) {
    const bool passes_over = list_subject_of(condition.topic) && !part.is_negated;
    if (asked.size() > 1)
        for (const auto& question : asked) weighing.evidence.begin(question);
    Truth result = Truth::No;
    for (const auto& question : asked) {
        const Found finding = co_await weighing.evidence.ask(question);
        if (question.topic == Topic::ReverseDns) keep_client_name(finding, weighing);
        const Truth met = meets(condition, finding);
        if (met == Truth::Unknown && !passes_over) result = Truth::Unknown;
        if (met != Truth::Yes) continue;
        keep_values(question, finding, weighing);
        co_return Truth::Yes;
    }
    // A host that was left out may be listed.
    const bool is_cut = condition.topic == Topic::UriDnsList && !weighing.evidence.content()->has_all_hosts;
    if (is_cut && result == Truth::No) co_return Truth::Unknown;
    co_return result;
}

void miss_lists(const std::string& zone, const Settings& settings, ListScore& score) {
    for (const auto& list : settings.dns_lists)
        if (list.zone == zone && list.subject == ListSubject::Address) score.miss(list.score);
}

// Whether a list that adds so much speaks for what the rule wants.
bool speaks_for(double score, const Comparison& comparison, bool is_negated) {
    const bool wants_less =
        comparison.relation == Relation::Less || comparison.relation == Relation::LessOrEqual;
    if (score == 0 || comparison.relation == Relation::Equal) return score != 0;
    return (score < 0) == (wants_less != is_negated);
}

Task<Truth> weigh_score(const Condition& condition, Weighing& weighing, RulePart part) {
    const auto& comparison = std::get<Comparison>(condition.operand);
    const auto asked = questions(condition, weighing);
    for (const auto& question : asked) weighing.evidence.begin(question);
    ListScore score;
    for (const auto& question : asked) {
        const Found finding = co_await weighing.evidence.ask(question);
        if (!finding.is_known()) miss_lists(zone_of(question), weighing.settings, score);
        score.add(finding.number);
        if (speaks_for(finding.number, comparison, part.is_negated)) keep_list(question, finding, weighing);
    }
    weighing.values[TextValue::ListScore] = fmt::format("{}", score.sum());
    co_return score.meets(comparison, part.is_negated);
}

Task<Truth> weigh_reverse_list(const Condition& condition, Weighing& weighing, RulePart part) {
    const Found name = co_await client_name(weighing.evidence);
    keep_client_name(name, weighing);
    if (!name.is_known()) co_return Truth::Unknown;
    if (!name.is("confirmed")) co_return about_nothing(condition);
    auto asked =
        list_questions(condition.topic, std::get<Words>(condition.operand), {name.detail}, weighing.settings);
    co_return co_await weigh_questions(condition, weighing, part, std::move(asked));
}

std::optional<std::string> rate_key(const Rate& rate, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    if (facts.client.address.is_unspecified() && (rate.by == RateBy::Client || rate.by == RateBy::Network))
        return std::nullopt;
    return rate_key(rate.by, {.client = facts.client.address,
                              .sender = facts.sender ? &*facts.sender : nullptr,
                              .recipient = weighing.recipient ? &*weighing.recipient : nullptr,
                              .account = facts.account});
}

// Each rate of a rule counts for itself. At data it is the message that comes, whoever it is for.
Task<Found> count(const Rate& rate, Weighing& weighing, const std::string& rule, std::string key) {
    auto bucket = fmt::format("{} {}", rule, rate_text(rate));
    Evidence& evidence = weighing.evidence;
    if (weighing.stage == RuleStage::Data)
        return evidence.count_message(rate, std::move(bucket), std::move(key));
    return evidence.count(rate, std::move(bucket), std::move(key));
}

Task<Truth> weigh_rate(const Condition& condition, Weighing& weighing, const std::string& rule) {
    const Rate& rate = std::get<Rate>(condition.operand);
    auto key = rate_key(rate, weighing);
    if (!key) co_return about_nothing(condition);
    const Found finding = co_await count(rate, weighing, rule, *std::move(key));
    co_return finding.is_known() ? truth(finding.is("exceeded")) : Truth::Unknown;
}

Task<Truth> ask(const Condition& condition, Weighing& weighing, RulePart part) {
    switch (condition.topic) {
        case Topic::DnsListScore:
            co_return co_await weigh_score(condition, weighing, part);
        case Topic::ReverseDnsList:
            co_return co_await weigh_reverse_list(condition, weighing, part);
        case Topic::Rate:
            co_return co_await weigh_rate(condition, weighing, part.rule);
        case Topic::Client:
        case Topic::Sender:
        case Topic::Recipient:
        case Topic::Helo:
        case Topic::Account:
        case Topic::Attachment:
            co_return co_await ask_patterns(condition, weighing);
        default: {
            auto asked = questions(condition, weighing);
            co_return co_await weigh_questions(condition, weighing, part, std::move(asked));
        }
    }
}

Task<Truth> weigh(const Condition& condition, Weighing& weighing, RulePart part) {
    if (const auto certain = known(condition, weighing)) co_return *certain;
    const Truth found = co_await ask(condition, weighing, part.within(condition.is_negated));
    co_return condition.is_negated ? negated(found) : found;
}

// That recipients were unknown is asked anew each time, as counts are, but that costs nothing and leaves no
// trace.
Cost cost_of(const Condition& condition) {
    return condition.topic == Topic::UnknownRecipients ? Cost::Known : spec_of(condition.topic).cost;
}

Cost cost_of(const ConditionPart& part) {
    if (const auto* condition = std::get_if<Condition>(&part)) return cost_of(*condition);
    Cost most = Cost::Known;
    for_each_condition(std::get<ConditionGroup>(part),
                       [&](const Condition& condition) { most = std::max(most, cost_of(condition)); });
    return most;
}

// Where it does not let the rule hold, a rate has counted nothing; but one that is negated counts where it
// does, and mail that is put off all the same would come again, and count again.
bool counts_in_vain(const ConditionPart& part) {
    const auto* condition = std::get_if<Condition>(&part);
    return condition != nullptr && condition->topic == Topic::Rate && condition->is_negated;
}

std::vector<const ConditionPart*> by_cost(const ConditionGroup& group) {
    std::vector<const ConditionPart*> parts;
    for (Cost cost = Cost::Known;; cost = static_cast<Cost>(static_cast<int>(cost) + 1)) {
        for (const auto& part : group.parts)
            if (cost_of(part) == cost) parts.push_back(&part);
        if (cost == Cost::Counted) return parts;
    }
}

}  // namespace

Topic asked_as(Topic topic) {
    switch (topic) {
        case Topic::DnsListScore:
            return Topic::DnsList;
        case Topic::SpamScore:
        case Topic::SpamAction:
            return Topic::Spam;
        default:
            return topic;
    }
}

bool is_about_nothing(Topic topic, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    switch (topic) {
        case Topic::SenderDomain:
        case Topic::SenderCallout:
            return sender_of(weighing) == nullptr;
        case Topic::SenderDnsList:
            return sender_of(weighing) == nullptr ||
                   !is_listable_name(host_text(sender_of(weighing)->host()));
        case Topic::DnsList:
        case Topic::DnsListScore:
            return !is_listable(facts.client.address);
        case Topic::ReverseDns:
        case Topic::ReverseDnsList:
        case Topic::UnknownRecipients:
            return facts.client.address.is_unspecified();
        case Topic::Country:
            return facts.country.empty();
        case Topic::Account:
            return facts.account.empty();
        case Topic::HeloForm:
        case Topic::HeloDns:
            return facts.helo.empty();
        case Topic::HeloDnsList:
            return !is_listable_name(facts.helo);
        case Topic::Greylisted:
            return !weighing.recipient || facts.client.address.is_unspecified();
        case Topic::RecipientCallout:
        case Topic::Recipient:
            return !weighing.recipient;
        case Topic::Sender:
            return !facts.sender;
        default:
            return false;
    }
}

std::vector<Question> questions(const Condition& condition, const Weighing& weighing) {
    const Settings& settings = weighing.settings;
    const SessionFacts& facts = weighing.evidence.facts();
    const Topic topic = asked_as(condition.topic);
    switch (condition.topic) {
        case Topic::DnsList:
            return list_questions(topic, std::get<Words>(condition.operand), {facts.client.address.text()},
                                  settings);
        case Topic::DnsListScore:
            return list_questions(topic, scored_lists(settings), {facts.client.address.text()}, settings);
        case Topic::SenderDnsList:
            return list_questions(topic, std::get<Words>(condition.operand),
                                  {sender_of(weighing)->domain()->text()}, settings);
        case Topic::HeloDnsList:
            return list_questions(topic, std::get<Words>(condition.operand), {to_lower(facts.helo)},
                                  settings);
        case Topic::UriDnsList:
            return list_questions(topic, std::get<Words>(condition.operand),
                                  weighing.evidence.content()->uri_hosts, settings);
        case Topic::ReverseDnsList:
            return name_questions(facts);
        case Topic::Client:
            return asks_for_name(std::get<std::vector<ClientPattern>>(condition.operand))
                       ? name_questions(facts)
                       : std::vector<Question>{};
        default:
            break;
    }
    if (spec_of(condition.topic).cost == Cost::Known) return {};
    return {{topic, subject_of(topic, weighing)}};
}

Task<Truth> weigh(const ConditionGroup& group, Weighing& weighing, RulePart part) {
    const RulePart inside = part.within(group.is_negated);
    const bool is_all = group.of == ConditionGroup::Of::All;
    const Truth settling = truth(!is_all);
    Truth result = truth(is_all);
    for (const ConditionPart* const next : by_cost(group)) {
        if (is_all && result == Truth::Unknown && counts_in_vain(*next)) continue;
        Truth of_part = Truth::No;
        if (const auto* condition = std::get_if<Condition>(next))
            of_part = co_await weigh(*condition, weighing, inside);
        else
            of_part = co_await weigh(std::get<ConditionGroup>(*next), weighing, inside);
        if (of_part == settling) {
            result = settling;
            break;
        }
        if (of_part == Truth::Unknown) result = Truth::Unknown;
    }
    co_return group.is_negated ? negated(result) : result;
}

}  // namespace cursus
