#include "receive/address_rules.h"

#include "base/text.h"

namespace cursus {

AddressRules::AddressRules(const Settings& settings)
    : qualifying_(settings.rewrite.qualify ? *settings.rewrite.qualify : settings.hostname.value()),
      places_(settings.rewrite.masquerade_in.begin(), settings.rewrite.masquerade_in.end()) {
    for (const auto& masquerade : settings.rewrite.masquerade)
        masquerades_.emplace(masquerade.domain.text(), masquerade);
    for (const auto& name : settings.rewrite.masquerade_except) except_.insert(to_lower(name));
}

const Domain* AddressRules::mask_of(std::string_view local_part, const Domain& domain,
                                    MasqueradePlace place) const {
    if (masquerades_.empty() || !places_.contains(place)) return nullptr;
    // From the whole name up, so that the longest that fits is met first.
    for (std::string_view name = domain.text();;) {
        const auto found = masquerades_.find(std::string(name));
        if (found != masquerades_.end()) {
            const auto& [shown, is_exempt] = found->second;
            if (is_exempt || shown == domain || except_.contains(to_lower(local_part))) return nullptr;
            return &shown;
        }
        const auto dot = name.find('.');
        if (dot == std::string_view::npos) return nullptr;
        name.remove_prefix(dot + 1);
    }
}

ReversePath AddressRules::sender(const ReversePath& sender) const {
    const auto* const mailbox = std::get_if<Mailbox>(&sender);
    if (mailbox == nullptr || mailbox->domain() == nullptr) return sender;
    const Domain* const mask =
        mask_of(mailbox->local_part(), *mailbox->domain(), MasqueradePlace::EnvelopeSender);
    if (mask == nullptr) return sender;
    const auto masked = Mailbox::make(mailbox->local_part(), *mask);
    return masked ? ReversePath(*masked) : sender;
}

std::optional<std::string> AddressRules::in_header(const ListedAddress& address, AddressSide side) const {
    if (address.domain && masquerades_.empty()) return std::nullopt;
    const auto domain = address.domain ? Domain::parse(*address.domain) : qualifying_;
    // What could be no mailbox with any domain is left to whoever wrote it.
    if (!domain || !Mailbox::make(address.local_part, *domain)) return std::nullopt;
    const auto place =
        side == AddressSide::Originator ? MasqueradePlace::HeaderSender : MasqueradePlace::HeaderRecipient;
    const Domain* const mask = mask_of(address.local_part, *domain, place);
    if (mask == nullptr && address.domain) return std::nullopt;
    return std::string(address.local_text) + '@' + (mask != nullptr ? *mask : *domain).text();
}

}  // namespace cursus
