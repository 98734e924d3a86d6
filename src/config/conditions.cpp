#include "config/conditions.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mail/malformation.h"

namespace cursus {

namespace {

// On the client, and on what it has said.
std::vector<ConditionSpec> session_specs() {
    using enum OperandKind;
    using enum RuleStage;
    using enum Cost;
    return {
        {Topic::Client, "client", Clients, Connect, Known,
         "the client's address, or its name confirmed both ways: networks, \"*.dialup.example\", "
         "\"table:NAME\""},
        {Topic::Country, "country", FreeWords, Connect, Known,
         "where the client's address is, by [auth] countries"},
        {Topic::Helo, "helo", Names, Helo, Known, "what the client calls itself"},
        {Topic::Sender, "sender", Addresses, Mail, Known,
         "the envelope's sender: \"a@b.example\", \"@b.example\", \"postmaster@\", \"<>\", \"table:NAME\""},
        {Topic::Recipient, "recipient", Addresses, Rcpt, Known, "the recipient that is asked about"},
        {Topic::Authenticated, "authenticated", Flag, Connect, Known, "whether the client has logged in"},
        {Topic::Trusted, "trusted", Flag, Connect, Known,
         "whether the client may send to anywhere: a relay host, logged in, or by its certificate"},
        {Topic::Tls, "tls", Flag, Connect, Known, "whether TLS is spoken"},
        {Topic::Account, "account", Names, Mail, Known, "as whom the client has logged in"},
        {Topic::Service,
         "service",
         Words,
         Connect,
         Known,
         "the listener's service",
         {"mx", "submission", "lmtp"}},
        {Topic::Listener, "listener", FreeWords, Connect, Known, "by which [[listener]] it comes, by name"},
        {Topic::Tagged, "tagged", FreeWords, Connect, Known, "tags that rules before it have set"},
        {Topic::Time, "time", Times, Connect, Known,
         "when it is, UTC: \"mon-fri 08:00-18:00\", \"22:00-06:00\", \"sat\""},
    };
}

// Each of them, and "noted".
std::vector<std::string_view> finding_names() {
    std::vector<std::string_view> names{"noted"};
    for (std::size_t i = 0; i < malformations; ++i)
        names.push_back(facts_of(static_cast<Malformation>(i)).name);
    return names;
}

// On the message, and what scanners say of it.
std::vector<ConditionSpec> message_specs() {
    using enum OperandKind;
    using enum RuleStage;
    using enum Cost;
    return {
        {Topic::Size, "size", Octets, Mail, Known,
         "the message's size; before data what the client says it will be"},
        {Topic::Header, "header", Headers, Data, Known,
         "a header field is there, \"X-Mailer\", or its body fits, \"Subject: *offer*\""},
        {Topic::Attachment, "attachment", Names, Data, Known,
         "names and media types of the message's parts: \"*.exe\", \"application/x-msdownload\""},
        {Topic::Malformed, "malformed", FlagOrWords, Data, Known,
         "true: what [malformed] refuses of this service; or findings by name, or \"noted\"",
         finding_names()},
        {Topic::Virus, "virus", FlagOrNames, Data, Scanned,
         "clamd has found one, or one of these; \"unscanned\": it was not shown the message"},
        {Topic::Spam, "spam", Flag, Data, Scanned, "a scanner's own measure of junk is reached"},
        {Topic::SpamScore, "spam_score", Number, Data, Scanned, "rspamd's score, or else spamd's"},
        {Topic::SpamAction,
         "spam_action",
         Words,
         Data,
         Scanned,
         "what rspamd advises; unscanned: it was not shown the message",
         {"reject", "quarantine", "discard", "soft reject", "rewrite subject", "add header", "greylist",
          "no action", "other", "unscanned"}},
    };
}

// What the DNS and other hosts know.
std::vector<ConditionSpec> asked_specs() {
    using enum OperandKind;
    using enum RuleStage;
    using enum Cost;
    return {
        {Topic::DnsList, "dnslist", FreeWords, Connect, Asked,
         "the client's address is in one of these lists"},
        {Topic::DnsListScore, "dnslist_score", Number, Connect, Asked,
         "the sum of the scores of all [[dnslist]] of addresses that list the client"},
        {Topic::SenderDnsList, "sender_dnslist", FreeWords, Mail, Asked, "the sender's domain is listed"},
        {Topic::HeloDnsList, "helo_dnslist", FreeWords, Helo, Asked, "the client's own name is listed"},
        {Topic::ReverseDnsList, "reverse_dnslist", FreeWords, Connect, Asked,
         "the name of the client's address is listed"},
        {Topic::UriDnsList, "uri_dnslist", FreeWords, Data, Asked,
         "the host of a link in the message is listed"},
        {Topic::SenderDomain,
         "sender_domain",
         Words,
         Mail,
         Asked,
         "whether the sender's domain can take mail; unusable is any of absent, null-mx and no-mail-host",
         {"usable", "unusable", "absent", "null-mx", "no-mail-host"}},
        {Topic::HeloForm,
         "helo_form",
         Words,
         Helo,
         Asked,
         "the form of the client's own name",
         {"name", "literal", "foreign-literal", "unqualified", "invalid", "ours"}},
        {Topic::HeloDns,
         "helo_dns",
         Words,
         Helo,
         Asked,
         "whether the client's own name is in the DNS",
         {"client", "other", "unusable"}},
        {Topic::ReverseDns,
         "reverse_dns",
         Words,
         Connect,
         Asked,
         "whether the client's address has a name that leads back to it; unconfirmed includes none",
         {"confirmed", "unconfirmed", "none"}},
        {Topic::SenderCallout,
         "sender_callout",
         Words,
         Mail,
         Dialled,
         "what the sender's own mail host says of it",
         {"accepted", "refused", "accepts-anything"}},
        {Topic::RecipientCallout,
         "recipient_callout",
         Words,
         Rcpt,
         Dialled,
         "what the host that a recipient elsewhere goes to says of it",
         {"accepted", "refused", "accepts-anything"}},
    };
}

// What is counted when it is asked.
std::vector<ConditionSpec> counted_specs() {
    using enum OperandKind;
    using enum RuleStage;
    using enum Cost;
    return {
        {Topic::Rate, "rate", PerTime, Connect, Counted,
         "it comes more often than this: \"100/1h per client\""},
        {Topic::Greylisted, "greylisted", Flag, Rcpt, Counted, "it has not waited as [greylist] wants it to"},
        {Topic::UnknownRecipients, "unknown_recipients", Number, Connect, Counted,
         "how many recipients nobody knows this client's network has named in the last hour"},
    };
}

}  // namespace

std::span<const ConditionSpec> condition_specs() {
    static const auto specs = [] {
        auto all = session_specs();
        for (auto more : {asked_specs(), message_specs(), counted_specs()})
            std::ranges::move(more, std::back_inserter(all));
        return all;
    }();
    return specs;
}

const ConditionSpec& spec_of(Topic topic) {
    return *std::ranges::find(condition_specs(), topic, &ConditionSpec::topic);
}

std::string_view name(Topic topic) {
    return topic == Topic::TableEntry ? "table" : spec_of(topic).name;
}

namespace {

RuleStage known_from(RateBy by) {
    switch (by) {
        case RateBy::Client:
        case RateBy::Network:
            return RuleStage::Connect;
        case RateBy::Sender:
        case RateBy::SenderDomain:
        case RateBy::Account:
            return RuleStage::Mail;
        case RateBy::Recipient:
            return RuleStage::Rcpt;
    }
    std::unreachable();
}

}  // namespace

RuleStage known_from(const Condition& condition) {
    const RuleStage from = spec_of(condition.topic).from;
    const auto* const rate = std::get_if<Rate>(&condition.operand);
    return rate == nullptr ? from : std::max(from, known_from(rate->by));
}

std::optional<ListSubject> list_subject_of(Topic topic) {
    switch (topic) {
        case Topic::DnsList:
            return ListSubject::Address;
        case Topic::SenderDnsList:
        case Topic::HeloDnsList:
        case Topic::ReverseDnsList:
        case Topic::UriDnsList:
            return ListSubject::Domain;
        default:
            return std::nullopt;
    }
}

bool is_of_transaction(Topic topic) {
    return topic == Topic::TableEntry || spec_of(topic).from >= RuleStage::Mail;
}

void for_each_condition(const ConditionGroup& group, const std::function<void(const Condition&)>& call) {
    for (const auto& part : group.parts) {
        if (const auto* condition = std::get_if<Condition>(&part))
            call(*condition);
        else
            for_each_condition(std::get<ConditionGroup>(part), call);
    }
}

namespace {

std::optional<std::string> missing_for(Topic topic, const Settings& settings) {
    const ScanSettings& scan = settings.scan;
    switch (topic) {
        case Topic::Virus:
            if (scan.clamd.servers.empty()) return "[scan] names no clamd";
            return std::nullopt;
        case Topic::Spam:
        case Topic::SpamScore:
            if (scan.rspamd.servers.empty() && scan.spamd.servers.empty())
                return "[scan] names neither rspamd nor spamd";
            return std::nullopt;
        case Topic::SpamAction:
            if (scan.rspamd.servers.empty()) return "[scan] names no rspamd";
            return std::nullopt;
        case Topic::Country:
            if (settings.auth.countries.empty()) return "[auth] countries is not given";
            return std::nullopt;
        case Topic::DnsListScore:
            if (std::ranges::count(settings.dns_lists, ListSubject::Address, &DnsListSettings::subject) == 0)
                return "there is no [[dnslist]] of addresses";
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<std::string> missing_for(const ConditionGroup& group, const Settings& settings) {
    std::optional<std::string> missing;
    for_each_condition(group, [&](const Condition& condition) {
        if (!missing) missing = missing_for(condition.topic, settings);
    });
    return missing;
}

}  // namespace cursus
