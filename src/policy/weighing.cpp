#include "policy/weighing.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "config/conditions.h"
#include "policy/client_name.h"
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

// What a topic is asked about, where that is one thing.
std::string subject_of(Topic topic, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    switch (topic) {
        case Topic::SenderDomain:
            return sender_of(weighing)->domain()->text();
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

bool names_unscanned(const Condition& condition) {
    if (const auto* words = std::get_if<Words>(&condition.operand))
        return std::ranges::find(*words, unscanned) != words->end();
    const auto* names = std::get_if<std::vector<NamePattern>>(&condition.operand);
    return names != nullptr &&
           std::ranges::find(*names, NamePattern(*Glob::parse(unscanned))) != names->end();
}

// Whether what was found is what the condition wants.
Truth meets(const Condition& condition, const Found& finding) {
    if (!finding.is_known()) return Truth::Unknown;
    // What no scanner has looked at is about nothing, negated or not.
    if (finding.is(unscanned) && !names_unscanned(condition)) return truth(condition.is_negated);
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

void keep_values(const Condition& condition, const Found& finding, Weighing& weighing) {
    auto& values = weighing.values;
    switch (asked_as(condition.topic)) {
        case Topic::DnsList:
        case Topic::SenderDnsList:
        case Topic::HeloDnsList:
        case Topic::ReverseDnsList:
        case Topic::UriDnsList:
            if (finding.words.empty()) return;
            values[TextValue::ListZone] = finding.words.front();
            values[TextValue::ListReason] = finding.detail;
            return;
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

// Of several answers to one condition one that meets it is enough.
Task<Truth> weigh_questions(const Condition& condition, Weighing& weighing, std::vector<Question> asked) {
    for (const auto& question : asked) weighing.evidence.begin(question);
    Truth result = Truth::No;
    for (auto& question : asked) {
        const Found finding = co_await weighing.evidence.ask(std::move(question));
        const Truth met = meets(condition, finding);
        if (met == Truth::Unknown) result = Truth::Unknown;
        if (met != Truth::Yes) continue;
        keep_values(condition, finding, weighing);
        co_return Truth::Yes;
    }
    // A host that was left out may be listed.
    const bool is_cut = condition.topic == Topic::UriDnsList && !weighing.evidence.content()->has_all_hosts;
    if (is_cut && result == Truth::No) co_return Truth::Unknown;
    co_return result;
}

// The scores add up: all must be known.
Task<Truth> weigh_score(const Condition& condition, Weighing& weighing) {
    double score = 0;
    auto asked = questions(condition, weighing);
    for (const auto& question : asked) weighing.evidence.begin(question);
    for (auto& question : asked) {
        const Found finding = co_await weighing.evidence.ask(std::move(question));
        if (!finding.is_known()) co_return Truth::Unknown;
        if (!finding.words.empty()) keep_values(condition, finding, weighing);
        score += finding.number;
    }
    weighing.values[TextValue::ListScore] = fmt::format("{}", score);
    co_return truth(std::get<Comparison>(condition.operand).holds(score));
}

Task<Truth> weigh_reverse_list(const Condition& condition, Weighing& weighing) {
    const Found name = co_await client_name(weighing.evidence);
    if (!name.is_known()) co_return Truth::Unknown;
    if (!name.is("confirmed")) co_return Truth::No;
    auto asked =
        list_questions(condition.topic, std::get<Words>(condition.operand), {name.detail}, weighing.settings);
    co_return co_await weigh_questions(condition, weighing, std::move(asked));
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

Task<Truth> weigh_rate(const Condition& condition, Weighing& weighing, const std::string& bucket) {
    const Rate& rate = std::get<Rate>(condition.operand);
    auto key = rate_key(rate, weighing);
    if (!key) co_return Truth::No;
    const Found finding = co_await weighing.evidence.count(rate, bucket, *std::move(key));
    co_return finding.is_known() ? truth(finding.is("exceeded")) : Truth::Unknown;
}

Task<Truth> ask(const Condition& condition, Weighing& weighing, const std::string& bucket) {
    switch (condition.topic) {
        case Topic::DnsListScore:
            co_return co_await weigh_score(condition, weighing);
        case Topic::ReverseDnsList:
            co_return co_await weigh_reverse_list(condition, weighing);
        case Topic::Rate:
            co_return co_await weigh_rate(condition, weighing, bucket);
        case Topic::Client:
        case Topic::Sender:
        case Topic::Recipient:
        case Topic::Helo:
        case Topic::Account:
        case Topic::Attachment:
            co_return co_await ask_patterns(condition, weighing);
        default: {
            auto asked = questions(condition, weighing);
            co_return co_await weigh_questions(condition, weighing, std::move(asked));
        }
    }
}

Task<Truth> weigh_part(const Condition& condition, Weighing& weighing, const std::string& bucket) {
    if (const auto certain = known(condition, weighing)) co_return *certain;
    const Truth found = co_await ask(condition, weighing, bucket);
    co_return condition.is_negated ? negated(found) : found;
}

Task<Truth> weigh_part(const ConditionGroup& group, Weighing& weighing, const std::string& bucket) {
    return weigh(group, weighing, bucket);
}

Cost cost_of(const ConditionPart& part) {
    if (const auto* condition = std::get_if<Condition>(&part)) return spec_of(condition->topic).cost;
    Cost most = Cost::Known;
    for_each_condition(std::get<ConditionGroup>(part), [&](const Condition& condition) {
        most = std::max(most, spec_of(condition.topic).cost);
    });
    return most;
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

bool is_about_nothing(Topic topic, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    switch (topic) {
        case Topic::SenderDomain:
        case Topic::SenderDnsList:
            return sender_of(weighing) == nullptr || sender_of(weighing)->domain() == nullptr;
        case Topic::SenderCallout:
            return sender_of(weighing) == nullptr;
        case Topic::DnsList:
        case Topic::DnsListScore:
        case Topic::ReverseDns:
        case Topic::ReverseDnsList:
            return facts.client.address.is_unspecified();
        case Topic::HeloForm:
        case Topic::HeloDns:
        case Topic::HeloDnsList:
            return facts.helo.empty();
        case Topic::RecipientCallout:
        case Topic::Greylisted:
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

Task<Truth> weigh(const ConditionGroup& group, Weighing& weighing, const std::string& bucket) {
    const bool is_all = group.of == ConditionGroup::Of::All;
    const Truth settling = truth(!is_all);
    Truth result = truth(is_all);
    for (const ConditionPart* const part : by_cost(group)) {
        // What counts is not asked in vain.
        if (result == Truth::Unknown && cost_of(*part) == Cost::Counted) break;
        Truth of_part = Truth::No;
        if (const auto* condition = std::get_if<Condition>(part))
            of_part = co_await weigh_part(*condition, weighing, bucket);
        else
            of_part = co_await weigh_part(std::get<ConditionGroup>(*part), weighing, bucket);
        if (of_part == settling) {
            result = settling;
            break;
        }
        if (of_part == Truth::Unknown) result = Truth::Unknown;
    }
    co_return group.is_negated ? negated(result) : result;
}

}  // namespace cursus
