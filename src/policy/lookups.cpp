#include "policy/lookups.h"

#include <utility>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/printable.h"
#include "config/conditions.h"
#include "policy/advisor_facts.h"
#include "policy/client_name.h"
#include "policy/helo_check.h"
#include "policy/pattern_asking.h"
#include "policy/reverse_dns.h"

namespace cursus {
namespace {

// "zone subject"
std::pair<std::string, std::string> halves(const std::string& text) {
    const auto space = text.find(' ');
    return {text.substr(0, space), space == std::string::npos ? std::string() : text.substr(space + 1)};
}

Found found_of(const ListAnswer& answer) {
    const auto* const listed = std::get_if<Listed>(&answer.verdict);
    if (listed == nullptr) {
        const auto* const no_use = std::get_if<NoUse>(&answer.verdict);
        return no_use == nullptr ? Found{} : unknown(no_use->why);
    }
    Found finding{{}, answer.score(), listed->reason.empty() ? "listed" : listed->reason};
    for (const auto& match : listed->matches) finding.words.push_back(match.list);
    if (!finding.is(answer.zone)) finding.words.push_back(answer.zone);
    return finding;
}

// Of one that is known.
Words words_of(DomainVerdict verdict) {
    Words words{std::string(name(verdict))};
    if (verdict != DomainVerdict::Usable) words.emplace_back("unusable");
    return words;
}

Words words_of(HeloForm form) {
    switch (form) {
        case HeloForm::Name:
            return {"name"};
        case HeloForm::ClientsAddress:
            return {"literal"};
        case HeloForm::OtherAddress:
            return {"foreign-literal"};
        case HeloForm::NotFullyQualified:
            return {"unqualified"};
        case HeloForm::Invalid:
            return {"invalid"};
        case HeloForm::OwnName:
            return {"ours"};
    }
    std::unreachable();
}

std::string addresses_text(const std::vector<IpAddress>& addresses) {
    std::string text;
    for (const auto& address : addresses) text += (text.empty() ? "" : " ") + address.text();
    return text;
}

Found found_of(const ForwardAnswer& answer) {
    switch (answer.verdict) {
        case Forward::ToAddress:
            return {{"client"}, 0, addresses_text(answer.seen)};
        case Forward::Elsewhere:
            return {{"other"}, 0, addresses_text(answer.seen)};
        case Forward::Absent:
            return {{"unusable"}};
        case Forward::Unknown:
            return unknown(answer.why);
    }
    std::unreachable();
}

Found found_of(const ReverseAnswer& answer) {
    switch (answer.verdict) {
        case ReverseDns::Confirmed:
            return {{"confirmed"}, 0, answer.name};
        case ReverseDns::Unconfirmed:
            return {{"unconfirmed"}, 0, answer.name};
        case ReverseDns::None:
            return {{"none", "unconfirmed"}};
        case ReverseDns::Unknown:
            return unknown(answer.why);
    }
    std::unreachable();
}

Found found_of(const CalloutAnswer& answer) {
    if (is_unknown(answer.verdict)) return unknown(answer.why);
    Found finding{{std::string(name(answer.verdict))}, 0, answer.host};
    if (answer.reply) finding.detail += ": " + answer.reply->one_line();
    return finding;
}

}  // namespace

Task<Found> Lookups::find(Question question, Evidence& evidence) {
    const SessionFacts& facts = evidence.facts();
    switch (question.topic) {
        case Topic::DnsList:
        case Topic::SenderDnsList:
        case Topic::HeloDnsList:
        case Topic::ReverseDnsList:
        case Topic::UriDnsList:
            co_return co_await in_list(std::move(question), evidence);
        case Topic::SenderDomain:
            co_return co_await sender_domain(facts);
        case Topic::HeloForm:
            co_return helo_form(facts);
        case Topic::HeloDns:
            co_return co_await helo_dns(facts);
        case Topic::ReverseDns:
            co_return co_await reverse_dns(facts);
        case Topic::SenderCallout:
            co_return co_await callout(*Mailbox::parse(question.subject), CalloutSubject::Sender);
        case Topic::RecipientCallout:
            co_return co_await callout(*Mailbox::parse(question.subject), CalloutSubject::Recipient);
        case Topic::Greylisted:
            co_return greylisted(question, facts);
        case Topic::UnknownRecipients:
            co_return Found{{},
                            static_cast<double>(needs_.behaviour.harvest().count(
                                facts.client.address, Misdeed::UnknownRecipient, needs_.clock.now()))};
        case Topic::TableEntry:
            co_return co_await table_entry(std::move(question));
        default:
            co_return unknown("nothing looks into the message here");
    }
}

Task<Found> Lookups::count(Rate rate, std::string bucket, std::string key) {
    Rates& rates = needs_.behaviour.rates();
    const Instant now = needs_.clock.now();
    const bool is_within = needs_.footprints == Footprints::Left ? rates.take(bucket, key, rate, now)
                                                                 : rates.peek(bucket, key, rate, now) > 0;
    co_return is_within ? Found{} : Found{{"exceeded"}, 0, rate_text(rate)};
}

Task<Result<Advice, std::string>> Lookups::advise(AdvisorAddress advisor, RuleStage stage,
                                                  std::optional<Mailbox> recipient, Evidence& evidence) {
    Facts facts = advisor_facts(evidence, stage, recipient);
    const Found name = co_await client_name(evidence);
    facts.client_name = confirmed_name(name);
    facts.reverse_name = name.detail;
    if (needs_.advisors == nullptr) co_return failure(std::string("it is not asked here"));
    co_return co_await needs_.advisors->ask(std::move(advisor), std::move(facts));
}

// Names and addresses are entries of different lists: none of names is asked about a client that calls itself
// by its address, nor about a link to one, which some forbid.
Task<Found> Lookups::in_list(Question question, Evidence& evidence) {
    auto [zone, text] = halves(question.subject);
    auto subject = listed_subject(text);
    const bool lists_addresses = list_subject_of(question.topic) == ListSubject::Address;
    if (!subject || std::holds_alternative<IpAddress>(*subject) != lists_addresses) co_return Found{};
    const auto names = question.topic == Topic::UriDnsList ? NamesAsked::WithParents : NamesAsked::AsGiven;
    ListQuestion asked{std::move(zone), *std::move(subject), names};
    const ListAnswer answer = co_await needs_.lists.ask(std::move(asked));
    for (const auto& notice : answer.notices) evidence.tell(Trouble{"dnslist " + answer.zone, notice});
    co_return found_of(answer);
}

Task<Found> Lookups::sender_domain(const SessionFacts& facts) {
    const DomainAnswer answer = co_await needs_.domains.look_up(std::get<Mailbox>(*facts.sender));
    if (answer.verdict == DomainVerdict::Unknown) co_return unknown(answer.why);
    co_return Found{words_of(answer.verdict), 0, printable(answer.why)};
}

Found Lookups::helo_form(const SessionFacts& facts) const {
    const HeloEnds ends{facts.client.address, facts.server.address};
    return {words_of(cursus::helo_form(facts.helo, ends, needs_.destinations)), 0, {}};
}

Task<Found> Lookups::helo_dns(const SessionFacts& facts) {
    const auto answer = co_await look_up_helo(needs_.resolver, facts.helo, facts.client.address);
    if (answer) co_return found_of(*answer);
    // An address literal has nothing to do with the DNS.
    if (facts.helo.starts_with('[')) co_return Found{{std::string(not_asked)}};
    co_return Found{{"unusable"}};
}

Task<Found> Lookups::reverse_dns(const SessionFacts& facts) {
    const ReverseAnswer answer = co_await look_up_reverse(needs_.resolver, facts.client.address);
    co_return found_of(answer);
}

Task<Found> Lookups::callout(Mailbox address, CalloutSubject subject) {
    if (!needs_.targets.target_of(address, subject)) co_return Found{{std::string(not_asked)}};
    if (needs_.in_callouts == Footprints::Left) {
        const CalloutAnswer answer =
            co_await needs_.callouts.ask(needs_.targets, std::move(address), subject);
        co_return found_of(answer);
    }
    const auto remembered = needs_.callouts.peek(needs_.targets, address, subject, needs_.clock.now());
    co_return remembered ? found_of(*remembered) : unknown("it would be asked by a callout");
}

Found Lookups::greylisted(const Question& question, const SessionFacts& facts) {
    const auto recipient = Mailbox::parse(question.subject);
    const GreylistTriplet triplet{facts.client.address, *facts.sender, *recipient};
    Greylist& greylist = needs_.behaviour.greylist();
    const Instant now = needs_.clock.now();
    const auto answer =
        needs_.footprints == Footprints::Left ? greylist.ask(triplet, now) : greylist.peek(triplet, now);
    return std::visit(
        Overloaded{
            [](const Greylist::Whitelisted&) { return Found{{}, 0, "its network has passed before"}; },
            [](const Greylist::Known&) { return Found{{}, 0, "it has passed before"}; },
            [](const Greylist::Passed&) { return Found{{}, 0, "it has waited"}; },
            [now](const Greylist::Wait& wait) {
                const auto left = std::chrono::ceil<std::chrono::seconds>(wait.until - now);
                return Found{{"waiting"}, static_cast<double>(left.count()), "seconds to wait"};
            },
        },
        answer);
}

Task<Found> Lookups::table_entry(Question question) {
    auto [table, key] = halves(question.subject);
    const auto found = needs_.tables.find(table);
    if (found == needs_.tables.end()) co_return unknown("there is no table " + table);
    const auto row = co_await found->second->find(std::move(key));
    if (!row) co_return unknown(row.error().why);
    co_return *row ? Found{{"there"}, 0, printable((*row)->place)} : Found{};
}

}  // namespace cursus
