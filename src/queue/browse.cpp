#include "queue/browse.h"

#include <algorithm>
#include <utility>

#include "base/codec.h"
#include "queue/body.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {
namespace {

// A rule may be called by its name alone.
bool is_held_by(const Hold& hold, std::string_view who) {
    return hold.by == who || (hold.by.starts_with("rule ") && std::string_view(hold.by).substr(5) == who);
}

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

bool matches(const QueueFilter& filter, const Envelope& envelope) {
    if (!filter.account.empty() && filter.account != envelope.account) return false;
    if (filter.sender_is_null) return std::holds_alternative<NullPath>(envelope.sender);
    return filter.sender.empty() || filter.sender == bare_text(envelope.sender);
}

bool matches(const QueueFilter& filter, const RecipientRecord& record) {
    if (filter.state && *filter.state != record.state) return false;
    if (!filter.held_by.empty() && (!record.held || !is_held_by(record.held->hold, filter.held_by)))
        return false;
    if (!filter.recipient.empty() && filter.recipient != record.address.text()) return false;
    return filter.destination_domain.empty() || filter.destination_domain == host_text(record.address.host());
}

// The recipient that a key of an index is about.
std::optional<RecipientKey> recipient_of_index(std::string_view key) {
    if (const auto due = parse_due_key(key)) return due->position.recipient;
    if (const auto held = parse_held_key(key)) return held->recipient;
    return std::nullopt;
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

// The prefixes over whose keys a walk goes, one after the other.
Result<std::vector<std::string>, QueueError> Browse::prefixes_of(const QueueFilter& filter) const {
    if (filter.message) return std::vector{recipients_prefix(*filter.message)};
    const std::string held(held_prefix);
    if (filter.state == RecipientState::Held) return std::vector{held};
    if (filter.destination_domain.empty()) return std::vector<std::string>{"r"};
    const auto mailbox = Mailbox::parse("postmaster@" + filter.destination_domain);
    if (!mailbox) return failure(broken("not a domain: " + filter.destination_domain));
    auto due = destination_prefix(core_.needs.destination_of(*mailbox, Handling{}));
    if (filter.state) return std::vector{std::move(due)};
    return std::vector{std::move(due), held};
}

Result<Browse::Range, QueueError> Browse::range_of(const QueueFilter& filter, std::string_view from) const {
    TRY(prefixes, prefixes_of(filter));
    auto key = from.empty() ? prefixes.front() : key_of_cursor(from);
    const auto prefix = std::ranges::find_if(
        prefixes, [&key](const std::string& each) { return key && key->starts_with(each); });
    if (prefix == prefixes.end()) return failure(broken("not a place in this listing"));
    const auto next = std::next(prefix);
    return Range{.from = *std::move(key),
                 .to = end_of_prefix(*prefix),
                 .next = next == prefixes.end() ? std::string() : *next,
                 .is_index = prefix->front() != 'r'};
}

Result<std::optional<Browse::Match>, QueueError> Browse::match(const QueueFilter& filter, const Range& range,
                                                               const Entry& entry, Envelopes& envelopes) {
    std::optional<RecipientKey> key;
    std::optional<std::string> value;
    if (range.is_index) {
        key = recipient_of_index(entry.key);
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
    if (!record || !matches(filter, *record)) return std::nullopt;
    TRY(envelope, envelopes.of(key->message));
    if (!envelope || !matches(filter, *envelope)) return std::nullopt;
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
    page.next = cursor_of(entries->size() == records_per_step ? after_key(entries->back().key) : range.next);
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
                               .priority = found.envelope->priority,
                               .held = found.record.held};
        if (const auto release = found.envelope->not_before; release && *release > core_.wall_now())
            listed.release = release;
        if (messages_.is_busy(found.key)) listed.state = RecipientState::Leased;
        if (destination != nullptr && destination->not_before > core_.wall_now() && !listed.held) {
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

Result<std::optional<StoredMessage>, QueueError> Browse::message(MessageId id) {
    const auto found = messages_.load(id);
    if (!found) return failure(broken(found.error().what));
    if (!*found) return std::nullopt;
    StoredMessage message{.envelope = (*found)->envelope, .body = (*found)->body};
    messages_.drop_if_idle(*found);
    return message;
}

}  // namespace cursus
