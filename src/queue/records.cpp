#include "queue/records.h"

#include <algorithm>

#include "base/codec.h"
#include "queue/records_mail.h"

namespace cursus {
namespace {

constexpr std::uint8_t record_version = 1;
// What newer records of a kind say beyond version 1: a record without that is still written as version 1.
constexpr std::uint8_t expanded_version = 2;  // recipients and debts: of an expansion
constexpr std::uint8_t timed_version = 2;     // messages: when to release and how to deliver by a time
constexpr std::uint8_t headed_version = 3;    // messages: a head that is a piece of its own
constexpr std::uint8_t held_version = 3;      // recipients: since when they are held, or were released
constexpr std::uint8_t relayed_version = 3;   // debts: of what was passed on
constexpr std::uint8_t newest_version = 3;

Encoder begin_record(std::size_t expected_bytes, std::uint8_t version = record_version) {
    Encoder out(expected_bytes);
    out.u8(version);
    return out;
}

Decoder open_record(std::string_view bytes) {
    Decoder in(bytes);
    if (in.u8() != record_version) in.fail();
    return in;
}

// For a kind of record that has all versions up to `newest`.
std::pair<Decoder, std::uint8_t> open_versioned(std::string_view bytes, std::uint8_t newest) {
    Decoder in(bytes);
    const auto version = in.u8();
    if (version < record_version || version > newest) in.fail();
    return {in, version};
}

template <class T>
Decoded<T> close_record(const Decoder& in, T value, std::string_view kind, std::string_view bytes) {
    if (in.is_at_end()) return value;
    if (!bytes.empty() && static_cast<std::uint8_t>(bytes.front()) > newest_version) {
        return failure("a " + std::string(kind) + " record of version " +
                       std::to_string(static_cast<unsigned char>(bytes.front())) + ", which is not known");
    }
    return failure("a " + std::string(kind) + " record that does not read as one");
}

void put_last(Encoder& out, const LastAnswer& last) {
    out.text(last.host);
    put_reply(out, last.reply);
    out.time(last.at);
}

std::optional<LastAnswer> get_last(Decoder& in) {
    std::string host(in.text());
    auto reply = get_reply(in);
    const auto at = in.time();
    if (!reply) return std::nullopt;
    return LastAnswer{std::move(host), *std::move(reply), at};
}

void put_held(Encoder& out, const Held& held) {
    out.text(held.hold.by);
    out.text(held.hold.why);
    put_optional_time(out, held.hold.until);
}

Held get_held(Decoder& in) {
    Held held;
    held.hold.by = in.text();
    held.hold.why = in.text();
    held.hold.until = get_optional_time(in);
    return held;
}

// The length of what fits of it, at most `room` octets.
std::size_t length_within(std::string_view text, std::size_t room) {
    auto length = std::min(text.size(), room);
    while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
        --length;
    return length;
}

void put_owed(Encoder& out, const OwedRecipient& owed) {
    out.text(owed.address);
    out.text(owed.original);
    out.text(owed.host);
    out.u8(owed.reply.has_value());
    if (owed.reply) put_reply(out, *owed.reply);
    out.time(owed.last_attempt);
    put_optional_time(out, owed.will_retry_until);
}

OwedRecipient get_owed(Decoder& in) {
    OwedRecipient owed;
    owed.address = in.text();
    owed.original = in.text();
    owed.host = in.text();
    if (in.yes_or_no()) owed.reply = get_reply(in);
    owed.last_attempt = in.time();
    owed.will_retry_until = get_optional_time(in);
    return owed;
}

}  // namespace

std::string encode(const MessageRecord& record) {
    const bool is_timed = says_more_of_time(record.envelope);
    const auto without_head = is_timed ? timed_version : record_version;
    auto out = begin_record(320, record.head ? headed_version : without_head);
    put_envelope(out, record.envelope);
    out.u32(record.pieces);
    out.u32(record.recipients);
    if (is_timed || record.head) put_timing(out, record.envelope);
    if (record.head) out.u64(record.head->octets);
    if (record.head) out.u64(record.head->in_place_of);
    return out.take();
}

Decoded<MessageRecord> decode_message(std::string_view bytes) {
    auto [in, version] = open_versioned(bytes, headed_version);
    MessageRecord record;
    record.envelope = get_envelope(in);
    record.pieces = in.u32();
    record.recipients = in.u32();
    if (version >= timed_version) get_timing(in, record.envelope);
    if (version == headed_version) {
        record.head = StoredHead{.octets = in.u64(), .in_place_of = in.u64()};
        const bool is_within = record.head->octets <= record.envelope.size && record.pieces != 0 &&
                               record.head->in_place_of <= record.pieces * std::uint64_t{body_piece_bytes};
        if (!is_within) in.fail();
    }
    return close_record(in, std::move(record), "message", bytes);
}

std::string index_key(const RecipientRecord& record, Lane lane, const RecipientKey& key) {
    if (record.held) return held_key({record.held->hold.until.value_or(WallTime::max()), key});
    return due_key(record.destination, lane, {record.due, key});
}

std::string encode(const RecipientRecord& record) {
    const bool was_held = record.held || record.released;
    const bool is_plain = record.handling.is_plain() && !was_held;
    const auto not_held_version = is_plain ? record_version : expanded_version;
    auto out = begin_record(160, was_held ? held_version : not_held_version);
    put_mailbox(out, record.address);
    out.text(record.original);
    put_notify(out, record.notify);
    out.u8(static_cast<std::uint8_t>(record.state));
    out.u32(record.attempts);
    out.time(record.due);
    out.text(record.destination);
    out.u8(record.last.has_value());
    if (record.last) put_last(out, *record.last);
    out.u8(record.parent.has_value());
    if (record.parent) out.u32(*record.parent);
    out.u8(record.held.has_value());
    if (record.held) put_held(out, *record.held);
    if (!is_plain) put_handling(out, record.handling);
    if (!was_held) return out.take();
    put_optional_time(out, record.held ? std::optional(record.held->since) : std::nullopt);
    put_optional_time(out, record.released);
    out.u8(record.was_warned);
    return out.take();
}

Decoded<RecipientRecord> decode_recipient(std::string_view bytes) {
    auto [in, version] = open_versioned(bytes, held_version);
    auto address = get_mailbox(in);
    if (!address) return failure(close_record(in, 0, "recipient", bytes).error());
    RecipientRecord record{.address = *std::move(address),
                           .original = {},
                           .notify = {},
                           .state = {},
                           .attempts = 0,
                           .due = {},
                           .destination = {},
                           .last = {},
                           .parent = {},
                           .held = {}};
    record.original = in.text();
    record.notify = get_notify(in);
    record.state = in.choice(RecipientState::Failed);
    record.attempts = in.u32();
    record.due = in.time();
    record.destination = in.text();
    if (in.yes_or_no()) record.last = get_last(in);
    if (in.yes_or_no()) record.parent = in.u32();
    if (in.yes_or_no()) record.held = get_held(in);
    if (version >= expanded_version) record.handling = get_handling(in);
    if (version == held_version) {
        const auto since = get_optional_time(in);
        if (since.has_value() != record.held.has_value()) in.fail();
        if (since && record.held) record.held->since = *since;
        record.released = get_optional_time(in);
        record.was_warned = in.yes_or_no();
    }
    if ((record.state == RecipientState::Held) != record.held.has_value()) in.fail();
    return close_record(in, std::move(record), "recipient", bytes);
}

std::string encode(const OwedRecord& record) {
    const bool is_relayed = record.kind == OwedKind::Relayed;
    const auto without_relayed = record.sender ? expanded_version : record_version;
    auto out =
        begin_record(64 + 256 * record.recipients.size(), is_relayed ? relayed_version : without_relayed);
    out.u8(static_cast<std::uint8_t>(record.kind));
    out.u32(static_cast<std::uint32_t>(record.recipients.size()));
    for (const auto& recipient : record.recipients) put_owed(out, recipient);
    if (is_relayed) out.u8(record.sender.has_value());
    if (record.sender) put_sender(out, *record.sender);
    return out.take();
}

Decoded<OwedRecord> decode_owed(std::string_view bytes) {
    auto [in, version] = open_versioned(bytes, relayed_version);
    OwedRecord record;
    record.kind = in.choice(version == relayed_version ? OwedKind::Relayed : OwedKind::Delayed);
    const auto count = in.count();
    if (count > owed_recipients_max) in.fail();
    for (std::size_t i = 0; i < count && in.is_good(); ++i) record.recipients.push_back(get_owed(in));
    if (version == expanded_version || (version == relayed_version && in.yes_or_no()))
        record.sender = get_sender(in);
    return close_record(in, std::move(record), "owed report", bytes);
}

std::string encode(const SiteState& state) {
    auto out = begin_record(16 + state.why.size());
    out.u32(state.failures);
    out.time(state.next_try);
    out.text(state.why);
    return out.take();
}

Decoded<SiteState> decode_site(std::string_view bytes) {
    auto in = open_record(bytes);
    SiteState state;
    state.failures = in.u32();
    state.next_try = in.time();
    state.why = in.text();
    return close_record(in, std::move(state), "site", bytes);
}

std::string encode(const LeaseRecord& record) {
    auto out = begin_record(17);
    out.u64(record.holder);
    out.time(record.since);
    return out.take();
}

Decoded<LeaseRecord> decode_lease(std::string_view bytes) {
    auto in = open_record(bytes);
    LeaseRecord record;
    record.holder = in.u64();
    record.since = in.time();
    return close_record(in, record, "lease", bytes);
}

std::string encode_count(std::uint32_t count) {
    Encoder out(4);
    out.u32(count);
    return out.take();
}

Decoded<std::uint32_t> decode_count(std::string_view bytes) {
    Decoder in(bytes);
    const auto count = in.u32();
    if (!in.is_at_end()) return failure(std::string("a count that does not read as one"));
    return count;
}

Reply shortened(const Reply& reply) {
    std::size_t room = kept_reply_bytes_max;
    std::vector<std::string> lines;
    for (const auto& line : reply.lines()) {
        const auto length = length_within(line, room);
        lines.push_back(line.substr(0, length));
        if (length < line.size() || length + 1 >= room) break;
        room -= length + 1;
    }
    return Reply(reply.code(), reply.status(), std::move(lines));
}

Hold shortened(Hold hold) {
    hold.by.resize(length_within(hold.by, kept_reply_bytes_max));
    hold.why.resize(length_within(hold.why, kept_reply_bytes_max));
    return hold;
}

}  // namespace cursus
