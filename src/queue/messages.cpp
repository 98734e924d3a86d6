#include "queue/messages.h"

#include <utility>

namespace cursus {
namespace {

constexpr std::size_t keys_per_page = 1'000;

LoadError unreadable(const StoreError& error) {
    return {error.kind == StoreErrorKind::Damaged, error.what};
}

LoadError damaged(const std::string& what, const std::string& why) {
    return {true, what + ": " + why};
}

}  // namespace

LivePtr MessageTable::find(MessageId id) const {
    const auto found = messages_.find(id);
    return found == messages_.end() ? nullptr : found->second;
}

bool MessageTable::is_busy(const RecipientKey& recipient) const {
    const auto message = messages_.find(recipient.message);
    if (message == messages_.end()) return false;
    const auto found = message->second->recipients.find(recipient.number);
    return found != message->second->recipients.end() && found->second.phase != RecipientPhase::Waiting;
}

Loaded MessageTable::load(MessageId id) {
    if (auto known = find(id)) return known;
    const auto bytes = body_needs_.store.get(message_key(id));
    if (!bytes) return failure(unreadable(bytes.error()));
    if (!*bytes) return LivePtr();
    auto record = decode_message(**bytes);
    if (!record) return failure(damaged("message " + id.text(), record.error()));
    auto message = std::make_shared<LiveMessage>();
    message->id = id;
    message->pieces = record->pieces;
    message->recipients_made = record->recipients;
    message->head = record->head;
    const BodyShape shape{record->envelope.size, record->pieces, record->head};
    message->body = std::make_shared<QueuedBody>(body_needs_, id, shape, nullptr);
    message->envelope = std::make_shared<const Envelope>(std::move(record->envelope));
    messages_.emplace(id, message);
    return message;
}

Result<LiveRecipient*, LoadError> MessageTable::load(LiveMessage& message, std::uint32_t number) {
    if (const auto known = message.recipients.find(number); known != message.recipients.end())
        return &known->second;
    const RecipientKey key{message.id, number};
    const auto bytes = body_needs_.store.get(recipient_key(key));
    if (!bytes) return failure(unreadable(bytes.error()));
    if (!*bytes) return nullptr;
    auto record = decode_recipient(**bytes);
    if (!record) {
        return failure(
            damaged("recipient " + std::to_string(number) + " of " + message.id.text(), record.error()));
    }
    return &adopt(message, number, *std::move(record));
}

LiveRecipient& MessageTable::adopt(LiveMessage& message, std::uint32_t number, RecipientRecord record) {
    return message.recipients
        .try_emplace(
            number, LiveRecipient{.record = std::move(record), .phase = RecipientPhase::Waiting, .lease = {}})
        .first->second;
}

Result<std::uint64_t, LoadError> MessageTable::count_keys(const std::string& prefix) const {
    const auto end = end_of_prefix(prefix);
    std::string from = prefix;
    std::uint64_t total = 0;
    for (;;) {
        const auto page = body_needs_.store.scan(from, end, keys_per_page);
        if (!page) return failure(unreadable(page.error()));
        total += page->size();
        if (page->size() < keys_per_page) return total;
        from = after_key(page->back().key);
    }
}

Result<void, LoadError> MessageTable::count(LiveMessage& message) {
    if (!message.unsettled) {
        TRY(unsettled, count_keys(recipients_prefix(message.id)));
        message.unsettled = unsettled;
    }
    if (!message.debts) {
        TRY(debts, count_keys(owed_of_prefix(message.id)));
        message.debts = debts;
    }
    return {};
}

void MessageTable::drop_if_idle(const LivePtr& message) {
    if (!message->recipients.empty() || message->users != 0) return;
    messages_.erase(message->id);
}

}  // namespace cursus
