#include "queue/browse.h"

#include <algorithm>
#include <utility>

#include "base/codec.h"
#include "queue/body.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {
namespace {

constexpr std::size_t cursor_bytes_max = 1'024;
constexpr std::size_t count_page = 1'000;

// A cursor is the next key in hexadecimal: keys hold octets that text cannot.
std::string cursor_of(std::string_view key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : key) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::optional<std::string> key_of_cursor(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (text.size() % 2 != 0 || text.size() > cursor_bytes_max) return std::nullopt;
    std::string key;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = digits.find(text[i]), low = digits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        key += static_cast<char>(high << 4 | low);
    }
    return key;
}

bool matches_sender(const QueueFilter& filter, const ReversePath& sender) {
    if (filter.sender_is_null) return std::holds_alternative<NullPath>(sender);
    return filter.sender.empty() || filter.sender == bare_text(sender);
}

std::string words_of(const LastAnswer& answer) {
    return answer.host.empty() ? answer.reply.one_line() : answer.host + ": " + answer.reply.one_line();
}

// When the message came, near enough: ids are made of the time (base/id.h).
WallTime time_of(MessageId id) {
    return WallTime(WallTime::duration(static_cast<WallTime::rep>(id.value() >> 8)));
}

}  // namespace

// The envelopes of the messages of one walk, each read once.
class Browse::Envelopes {
public:
    Envelopes(const MessageTable& messages, const Store& store) : messages_(messages), store_(store) {}

    // Null: there is no such message any more, or it cannot be read.
    Result<std::shared_ptr<const Envelope>, QueueError> of(MessageId id) {
        if (id == last_id_) return last_;
        if (const auto live = messages_.find(id)) return live->envelope;
        const auto bytes = store_.get(message_key(id));
        if (!bytes) return failure(queue_error(bytes.error()));
        if (!*bytes) return nullptr;
        auto record = decode_message(**bytes);
        if (!record) return nullptr;  // whoever would deliver it reports it; the others must stay in reach
        last_id_ = id;
        last_ = std::make_shared<const Envelope>(std::move(record->envelope));
        return last_;
    }

private:
    const MessageTable& messages_;
    const Store& store_;
    MessageId last_id_;
    std::shared_ptr<const Envelope> last_;
};

Result<Browse::Range, QueueError> Browse::range_of(const QueueFilter& filter, std::string_view from) const {
    Range range;
    std::string prefix = "r";
    if (filter.message) {
        prefix = recipients_prefix(*filter.message);
    } else if (!filter.destination_domain.empty()) {
        const auto mailbox = Mailbox::parse("postmaster@" + filter.destination_domain);
        if (!mailbox) return failure(broken("not a domain: " + filter.destination_domain));
        prefix = destination_prefix(core_.needs.destination_of(*mailbox, Handling{}));
        range.is_due_index = true;
    }
    range.from = prefix;
    range.to = end_of_prefix(prefix);
    if (from.empty()) return range;
    auto key = key_of_cursor(from);
    if (!key || !key->starts_with(prefix)) return failure(broken("not a place in this listing"));
    range.from = *std::move(key);
    return range;
}

Result<std::optional<Browse::Match>, QueueError> Browse::match(const QueueFilter& filter, const Range& range,
                                                               const Entry& entry, Envelopes& envelopes) {
    std::optional<RecipientKey> key;
    std::optional<std::string> value;
    if (range.is_due_index) {
        if (const auto due = parse_due_key(entry.key)) key = due->position.recipient;
        if (!key) return std::nullopt;
        auto bytes = core_.needs.store.get(recipient_key(*key));
        if (!bytes) return failure(queue_error(bytes.error()));
        value = *std::move(bytes);
    } else {
        key = parse_recipient_key(entry.key);
        value = entry.value;
    }
    if (!key || !value) return std::nullopt;
    auto record = decode_recipient(*value);
    if (!record) return std::nullopt;
    if (!filter.destination_domain.empty() &&
        host_text(record->address.host()) != filter.destination_domain) {
        return std::nullopt;
    }
    TRY(envelope, envelopes.of(key->message));
    if (!envelope || !matches_sender(filter, envelope->sender)) return std::nullopt;
    return Match{*key, *std::move(record), std::move(envelope)};
}

Result<Browse::Page, QueueError> Browse::walk(const QueueFilter& filter, std::string_view from,
                                              std::size_t limit) {
    TRY(range, range_of(filter, from));
    const auto entries = core_.needs.store.scan(range.from, range.to, records_per_step);
    if (!entries) return failure(queue_error(entries.error()));
    Envelopes envelopes(messages_, core_.needs.store);
    Page page;
    for (const auto& entry : *entries) {
        if (page.matches.size() >= limit) {
            page.next = cursor_of(entry.key);
            return page;
        }
        auto found = match(filter, range, entry, envelopes);
        if (!found) return failure(found.error());
        if (*found) page.matches.push_back(**std::move(found));
    }
    if (entries->size() == records_per_step) page.next = cursor_of(after_key(entries->back().key));
    return page;
}

Result<ListPage, QueueError> Browse::list(const QueueFilter& filter, std::string_view from,
                                          std::size_t limit) {
    TRY(page, walk(filter, from, std::max<std::size_t>(limit, 1)));
    ListPage list{.recipients = {}, .next = std::move(page.next)};
    for (auto& found : page.matches) {
        const auto* destination = schedule_.find(found.record.destination);
        ListedRecipient listed{.message = found.key.message,
                               .number = found.key.number,
                               .sender = bare_text(found.envelope->sender),
                               .recipient = found.record.address.text(),
                               .destination = found.record.destination,
                               .last_reply = found.record.last ? words_of(*found.record.last) : "",
                               .state = found.record.state,
                               .attempts = found.record.attempts,
                               .size = found.envelope->size,
                               .arrived = found.envelope->arrived,
                               .due = found.record.due,
                               .deliver_by = found.envelope->deliver_by,
                               .priority = found.envelope->priority};
        if (const auto release = found.envelope->not_before; release && *release > core_.wall_now())
            listed.release = release;
        if (messages_.is_busy(found.key)) listed.state = RecipientState::Leased;
        if (destination != nullptr && destination->not_before > core_.wall_now()) {
            listed.due = std::max(listed.due, destination->not_before);
            if (destination->trouble) listed.last_reply = words_of(destination->trouble->answer);
        }
        list.recipients.push_back(std::move(listed));
    }
    return list;
}

Result<DestinationSummary, QueueError> Browse::count(const Destination& destination,
                                                     std::size_t entries_max) {
    DestinationSummary summary{
        .destination = destination, .recipients = 0, .more = false, .oldest = WallTime::max(), .site = {}};
    const auto prefix = destination_prefix(destination);
    const auto end = end_of_prefix(prefix);
    auto from = prefix;
    const auto max = std::min<std::uint64_t>(summary_count_max, entries_max);
    while (!summary.more) {
        const auto page =
            core_.needs.store.scan(from, end, std::min(count_page, max - summary.recipients + 1));
        if (!page) return failure(queue_error(page.error()));
        for (const auto& entry : *page) {
            if (const auto due = parse_due_key(entry.key)) {
                summary.oldest = std::min(summary.oldest, time_of(due->position.recipient.message));
            }
            summary.more = summary.recipients == max;
            if (summary.more) break;
            ++summary.recipients;
        }
        if (page->empty() || page->size() < count_page) break;
        from = after_key(page->back().key);
    }
    if (const auto* state = schedule_.find(destination);
        state != nullptr && state->not_before > core_.wall_now()) {
        summary.site = SiteState{.failures = state->trouble ? state->trouble->failures : 0,
                                 .next_try = state->not_before,
                                 .why = state->trouble ? words_of(state->trouble->answer) : ""};
    }
    return summary;
}

Result<std::vector<DestinationSummary>, QueueError> Browse::summary(std::size_t destinations_max) {
    std::vector<DestinationSummary> all;
    std::size_t entries_left = summary_entries_max;
    std::string from(due_prefix);
    const auto end = end_of_prefix(due_prefix);
    while (all.size() < destinations_max) {
        const auto first = core_.needs.store.scan(from, end, 1);
        if (!first) return failure(queue_error(first.error()));
        if (first->empty()) break;
        const auto entry = parse_due_key(first->front().key);
        if (!entry) {
            from = after_key(first->front().key);
            continue;
        }
        TRY(counted, count(entry->destination, entries_left));
        entries_left -= counted.recipients;
        all.push_back(std::move(counted));
        from = end_of_prefix(destination_prefix(entry->destination));
    }
    return all;
}

bool Browse::can_be_changed(const RecipientKey& recipient) const {
    if (core_.arrivals.has(recipient.message) || messages_.is_busy(recipient)) return false;
    const auto message = messages_.find(recipient.message);
    return !message || !message->is_reserved;
}

// The match's message, with the recipient in memory.
Result<LivePtr, QueueError> Browse::take(const Match& match) {
    const auto message = messages_.load(match.key.message);
    if (!message) return failure(broken(message.error().what));
    if (*message) messages_.adopt(**message, match.key.number, match.record);
    return *message;
}

Task<Result<Queue::Step, QueueError>> Browse::retry_now(QueueFilter filter, std::string from) {
    const auto now = core_.wall_now();
    auto change = [this, now](Transaction& transaction, const Match& found) -> Result<bool, QueueError> {
        if (found.record.state != RecipientState::Due) return false;
        schedule_.unpark(found.record.destination);
        if (found.record.due <= std::max(now, found.envelope->not_before.value_or(now))) return true;
        TRY(message, take(found));
        if (message) ledger_.due_now(transaction, message, found.key.number);
        return message != nullptr;
    };
    co_return co_await change_matching(std::move(filter), std::move(from), std::move(change));
}

Task<Result<Queue::Step, QueueError>> Browse::remove(QueueFilter filter, std::string from, std::string by) {
    auto change = [this, &by](Transaction& transaction, const Match& found) -> Result<bool, QueueError> {
        TRY(message, take(found));
        if (message) ledger_.removed(transaction, message, found.key.number, by);
        return message != nullptr;
    };
    co_return co_await change_matching(std::move(filter), std::move(from), std::move(change));
}

// One step: every match that nobody else is at work on.
Task<Result<Queue::Step, QueueError>> Browse::change_matching(QueueFilter filter, std::string from,
                                                              Change change) {
    auto page = walk(filter, from, records_per_step);
    if (!page) co_return failure(page.error());
    auto transaction = std::make_unique<Transaction>();
    Queue::Step step{.touched = 0, .next = std::move(page->next)};
    std::optional<QueueError> failed;
    for (const auto& found : page->matches) {
        if (!can_be_changed(found.key)) continue;
        const auto changed = change(*transaction, found);
        if (!changed) {
            failed = changed.error();
            break;
        }
        step.touched += *changed ? 1 : 0;
    }
    if (!transaction->batch.empty()) co_await settler_.write(std::move(transaction));
    if (failed) co_return failure(*std::move(failed));
    co_return step;
}

}  // namespace cursus
