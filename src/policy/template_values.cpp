#include "policy/template_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cursus {
namespace {

std::string sender_domain_of(const SessionFacts& facts) {
    const auto* sender = facts.sender ? std::get_if<Mailbox>(&*facts.sender) : nullptr;
    return sender == nullptr ? std::string() : host_text(sender->host());
}

// What counts most: that is what the text is about.
const Words& shown_findings(const ContentFacts& content) {
    if (!content.refused.empty()) return content.refused;
    return content.noted.empty() ? content.findings : content.noted;
}

std::string value_of(TextValue value, const Weighing& weighing) {
    const SessionFacts& facts = weighing.evidence.facts();
    const ContentFacts* const content = weighing.evidence.content();
    switch (value) {
        case TextValue::ClientAddress:
            return facts.client.address.is_unspecified() ? std::string("local") : facts.client.address.text();
        case TextValue::ClientName:
            if (!facts.name.empty()) return facts.name;
            break;
        case TextValue::ClientCountry:
            return facts.country;
        case TextValue::Helo:
            return facts.helo;
        case TextValue::Sender:
            return facts.sender ? path_text(*facts.sender) : std::string();
        case TextValue::SenderDomain:
            return sender_domain_of(facts);
        case TextValue::Recipient:
            return weighing.recipient ? weighing.recipient->text() : std::string();
        case TextValue::Account:
            return facts.account;
        case TextValue::Session:
            return facts.session.text();
        case TextValue::Hostname:
            return weighing.evidence.hostname();
        case TextValue::Malformed:
            if (content == nullptr) return {};
            return fmt::format("{}", fmt::join(shown_findings(*content), ", "));
        case TextValue::Size:
            return std::to_string(content != nullptr ? content->size : facts.declared_size);
        default:
            break;
    }
    const auto found = weighing.values.find(value);
    return found == weighing.values.end() ? std::string("unknown") : found->second;
}

}  // namespace

std::string filled(const TextTemplate& text, const Weighing& weighing) {
    return text.fill([&](TextValue value) { return value_of(value, weighing); });
}

}  // namespace cursus
