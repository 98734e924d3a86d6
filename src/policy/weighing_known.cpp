// Conditions that the session can answer by itself.
#include <algorithm>

#include "base/text.h"
#include "mail/header.h"
#include "mail/mime_words.h"
#include "policy/matching.h"
#include "policy/pattern_asking.h"
#include "policy/weighing.h"

namespace cursus {
namespace {

// One pattern and one text that fit are enough; nothing: that takes a table.
template <class Pattern, class Subject>
std::optional<Truth> any_fits(const std::vector<Pattern>& patterns, const std::vector<Subject>& subjects) {
    bool asks_a_table = false;
    for (const auto& pattern : patterns) {
        if (std::holds_alternative<TablePattern>(pattern)) asks_a_table = true;
        for (const auto& subject : subjects)
            if (matches(pattern, subject)) return Truth::Yes;
    }
    return asks_a_table ? std::nullopt : std::optional(Truth::No);
}

bool has_any(const Words& wanted, const Words& there) {
    return std::ranges::any_of(
        wanted, [&](const std::string& word) { return std::ranges::find(there, word) != there.end(); });
}

// By its address, and by its name where that is known already.
std::optional<Truth> client_fits(const std::vector<ClientPattern>& patterns, const SessionFacts& facts) {
    const auto fit = any_fits(patterns, std::vector{ClientSubject{facts.client.address, facts.name}});
    if (fit == Truth::Yes || !facts.name.empty()) return fit;
    return asks_for_name(patterns) ? std::nullopt : fit;
}

// RFC 5322 §2.2.3. The white space at its ends, where folds like to be, is no part of what it says.
std::string unfolded(std::string_view body) {
    std::string line(body);
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    constexpr std::string_view white = " \t";
    line.erase(line.find_last_not_of(white) + 1);
    line.erase(0, line.find_first_not_of(white));
    return line;
}

// As it stands, and as readers show it (RFC 2047 §6).
bool body_fits(const HeaderPattern& pattern, std::string_view body) {
    if (!pattern.body) return true;
    const std::string line = unfolded(body);
    if (matches(*pattern.body, line)) return true;
    return line.contains("=?") && matches(*pattern.body, decode_encoded_words(line));
}

// What was not seen may be what the rule is about.
Truth header_fits(const std::vector<HeaderPattern>& patterns, const ContentFacts& content) {
    HeaderFields fields(content.header, TextEnd::IsMessageEnd);
    while (const auto field = fields.next()) {
        const std::string name = to_lower(field->name);
        for (const auto& pattern : patterns)
            if (pattern.field == name && body_fits(pattern, field->body)) return Truth::Yes;
    }
    return content.has_all_header ? Truth::No : Truth::Unknown;
}

std::optional<Truth> attachment_fits(const std::vector<NamePattern>& patterns, const ContentFacts& content) {
    const auto fit = any_fits(patterns, attachment_texts(content));
    return fit == Truth::No && !content.has_all_parts ? Truth::Unknown : fit;
}

Truth is_malformed(const Condition& condition, const ContentFacts& content) {
    if (const auto* flag = std::get_if<bool>(&condition.operand))
        return truth(content.refused.empty() != *flag);
    const auto& words = std::get<Words>(condition.operand);
    const bool is_noted = std::ranges::find(words, "noted") != words.end() && !content.noted.empty();
    return truth(is_noted || has_any(words, content.findings));
}

Truth is_now(const std::vector<TimeSpan>& spans, WallTime now) {
    return truth(std::ranges::any_of(spans, [now](const TimeSpan& span) { return span.contains(now); }));
}

// Conditions on the client and on what it has said so far.
std::optional<Truth> known_of_session(const Condition& condition, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    const auto flag = [&] { return std::get<bool>(condition.operand); };
    const auto words = [&]() -> const Words& { return std::get<Words>(condition.operand); };
    switch (condition.topic) {
        case Topic::Client:
            return client_fits(std::get<std::vector<ClientPattern>>(condition.operand), facts);
        case Topic::Country:
            return truth(has_any(words(), {facts.country}));
        case Topic::Helo:
            return any_fits(std::get<std::vector<NamePattern>>(condition.operand), std::vector{facts.helo});
        case Topic::Sender:
            return any_fits(std::get<std::vector<AddressPattern>>(condition.operand),
                            std::vector{*facts.sender});
        case Topic::Recipient:
            return any_fits(std::get<std::vector<AddressPattern>>(condition.operand),
                            std::vector{ReversePath(*weighing.recipient)});
        case Topic::Authenticated:
            return truth(facts.account.empty() != flag());
        case Topic::Trusted:
            return truth(facts.is_trusted == flag());
        case Topic::Tls:
            return truth(facts.tls.has_value() == flag());
        case Topic::Account:
            return any_fits(std::get<std::vector<NamePattern>>(condition.operand),
                            std::vector{facts.account});
        case Topic::Service:
            return truth(has_any(words(), {std::string(name(facts.service))}));
        case Topic::Listener:
            return truth(has_any(words(), {to_lower(facts.listener)}));
        case Topic::Tagged:
            return truth(has_any(words(), facts.tags) || has_any(words(), weighing.tags));
        case Topic::Time:
            return is_now(std::get<std::vector<TimeSpan>>(condition.operand), weighing.evidence.now());
        default:
            return std::nullopt;
    }
}

// Conditions on the message. Before it has come in whole only its size is known, as far as it was said.
std::optional<Truth> known_of_message(const Condition& condition, const Weighing& weighing) {
    const ContentFacts* const content = weighing.evidence.content();
    if (condition.topic == Topic::Size) {
        const auto size = content != nullptr ? content->size : weighing.evidence.facts().declared_size;
        return truth(std::get<Comparison>(condition.operand).holds(static_cast<double>(size)));
    }
    if (content == nullptr) return std::nullopt;
    switch (condition.topic) {
        case Topic::Header:
            return header_fits(std::get<std::vector<HeaderPattern>>(condition.operand), *content);
        case Topic::Attachment:
            return attachment_fits(std::get<std::vector<NamePattern>>(condition.operand), *content);
        case Topic::Malformed:
            return is_malformed(condition, *content);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::vector<std::string> attachment_texts(const ContentFacts& content) {
    std::vector<std::string> texts;
    for (const auto& attachment : content.attachments) {
        texts.push_back(attachment.type);
        texts.insert(texts.end(), attachment.names.begin(), attachment.names.end());
    }
    return texts;
}

std::optional<Truth> known(const Condition& condition, const Weighing& weighing) {
    if (is_about_nothing(condition.topic, weighing)) return Truth::No;
    auto found = known_of_session(condition, weighing);
    if (!found) found = known_of_message(condition, weighing);
    if (!found || !condition.is_negated) return found;
    return negated(*found);
}

std::optional<Truth> known(const ConditionGroup& group, const Weighing& weighing) {
    const bool is_all = group.of == ConditionGroup::Of::All;
    const Truth settling = truth(!is_all);  // one such part settles it
    bool is_certain = true;
    for (const auto& part : group.parts) {
        const auto of_part = std::visit([&](const auto& inner) { return known(inner, weighing); }, part);
        if (of_part == settling) return group.is_negated ? negated(settling) : settling;
        if (!of_part || of_part == Truth::Unknown) is_certain = false;
    }
    if (!is_certain) return std::nullopt;
    return truth(is_all != group.is_negated);
}

}  // namespace cursus
