#include "policy/rate_key.h"

#include "base/text.h"

namespace cursus {
namespace {

const Mailbox* mailbox_of(const ReversePath* sender) {
    return sender == nullptr ? nullptr : std::get_if<Mailbox>(sender);
}

std::optional<std::string> key_of(const Mailbox* mailbox) {
    if (mailbox == nullptr) return std::nullopt;
    return to_lower(mailbox->text());
}

}  // namespace

std::optional<std::string> rate_key(RateBy by, const RateFacts& facts) {
    switch (by) {
        case RateBy::Client:
            return client_of(facts.client).text();
        case RateBy::Network: {
            const bool is_v4 = facts.client.is_v4();
            return first_bits(facts.client, is_v4 ? rate_network_v4_bits : rate_network_v6_bits).text();
        }
        case RateBy::Sender:
            return key_of(mailbox_of(facts.sender));
        case RateBy::SenderDomain: {
            const Mailbox* const sender = mailbox_of(facts.sender);
            if (sender == nullptr) return std::nullopt;
            return host_text(sender->host());
        }
        case RateBy::Account:
            if (facts.account.empty()) return std::nullopt;
            return to_lower(facts.account);
        case RateBy::Recipient:
            return key_of(facts.recipient);
    }
    return std::nullopt;
}

}  // namespace cursus
