#include "queue/acceptance.h"

#include <algorithm>
#include <utility>

#include "mail/received.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {
namespace {

// As the trace line has it, and a word for mail made here too.
std::string protocol_word(const Envelope& envelope) {
    if (envelope.protocol == Protocol::Local) return "local";
    return with_word(envelope.protocol, envelope.smtputf8, !envelope.client.tls.empty(),
                     !envelope.client.authenticated.empty());
}

std::vector<MailEvent> arrival_events(const NewMessage& message) {
    Accepted accepted{.sender = bare_text(message.envelope.sender),
                      .recipients = {},
                      .size = message.envelope.size,
                      .protocol = protocol_word(message.envelope),
                      .priority = message.envelope.priority,
                      .not_before = message.envelope.not_before,
                      .deliver_by = message.envelope.deliver_by};
    accepted.recipients.reserve(message.recipients.size());
    for (const auto& recipient : message.recipients) accepted.recipients.push_back(recipient.address.text());
    std::vector<MailEvent> events;
    const auto add = [&](EventBody body) {
        events.push_back(
            {.at = {}, .session = message.envelope.session, .message = message.id, .body = std::move(body)});
    };
    add(std::move(accepted));
    for (const auto& recipient : message.recipients) {
        if (const auto& hold = recipient.hold)
            add(RecipientHeld{recipient.address.text(), hold->by, hold->why, hold->until});
    }
    return events;
}

// Everything that an acceptance puts.
Batch retraction(const LiveMessage& message) {
    Batch batch;
    batch.erase(message_key(message.id));
    if (message.age) batch.erase(age_key(*message.age));
    for (const auto& [number, recipient] : message.recipients) {
        const RecipientKey key{message.id, number};
        batch.erase(recipient_key(key));
        batch.erase(index_key(recipient.record, message.lane(), key));
    }
    for (std::uint32_t piece = 0; piece < message.pieces; ++piece)
        batch.erase_blob(piece_key(message.id, piece));
    return batch;
}

// The body's last piece, its head and the record of them all.
void put_message(Core& core, Batch& batch, LiveMessage& message, NewMessage& incoming) {
    if (incoming.rest) batch.put_blob(piece_key(message.id, message.pieces++), incoming.rest->pieces);
    if (incoming.head) {
        message.head = StoredHead{octets_of(*incoming.head->octets), incoming.head->in_place_of};
        batch.put_blob(piece_key(message.id, message.pieces++), incoming.head->octets->pieces);
    }
    message.envelope = std::make_shared<const Envelope>(std::move(incoming.envelope));
    batch.put(message_key(message.id), encode(message.record()));
    // Only a body that is one piece is kept in memory: a large message never is.
    const BodyShape shape{message.envelope->size, message.pieces, message.head};
    const bool is_one_piece = incoming.pieces_kept == 0 && !incoming.head;
    message.body = std::make_shared<QueuedBody>(core.body_needs(), message.id, shape,
                                                is_one_piece ? std::move(incoming.rest) : nullptr);
}

// What comes first for the age of those that are not held.
std::optional<AgeEntry> first_age(const Lifetimes& lifetimes, const LiveMessage& message) {
    const auto& envelope = *message.envelope;
    std::optional<WallTime> first_look;
    bool are_usual = true;
    for (const auto& [number, recipient] : message.recipients) {
        if (recipient.record.held) continue;
        const auto times = lifetimes.times_of(envelope, recipient.record);
        first_look = std::min(first_look.value_or(WallTime::max()), times.next_after(envelope.arrived));
        are_usual &= times.are_usual;
    }
    if (!first_look) return std::nullopt;
    if (are_usual) return AgeEntry{AgeStage::Warn, envelope.arrived, message.id};
    return AgeEntry{AgeStage::Look, *first_look, message.id};
}

RecipientRecord record_of(NewRecipient given, WallTime now, WallTime due) {
    RecipientRecord record{.address = std::move(given.address),
                           .original = std::move(given.original),
                           .notify = given.notify,
                           .state = RecipientState::Due,
                           .attempts = 0,
                           .due = due,
                           .destination = {},
                           .last = {},
                           .parent = {},
                           .held = {}};
    if (!given.hold) return record;
    record.state = RecipientState::Held;
    record.held = Held{.hold = *std::move(given.hold), .since = now};
    return record;
}

}  // namespace

Result<Acceptance, QueueError> accept(Core& core, NewMessage incoming) {
    for (auto& given : incoming.recipients) {
        if (given.hold) given.hold = shortened(*std::move(given.hold));
    }
    auto message = std::make_shared<LiveMessage>();
    Acceptance acceptance{.batch = {}, .message = message, .events = arrival_events(incoming)};
    auto& batch = acceptance.batch;
    const auto now = core.wall_now();
    message->id = incoming.id;
    message->pieces = incoming.pieces_kept;
    message->recipients_made = static_cast<std::uint32_t>(incoming.recipients.size());
    message->unsettled = incoming.recipients.size();
    message->debts = 0;
    put_message(core, batch, *message, incoming);
    const auto& envelope = *message->envelope;

    const auto due = std::max(now, envelope.not_before.value_or(now));
    std::uint32_t number = 0;
    for (auto& given : incoming.recipients) {
        const RecipientKey key{incoming.id, number++};
        auto recipient = record_of(std::move(given), now, due);
        recipient.destination = core.needs.destination_of(recipient.address, Handling{});
        const auto& destination = recipient.destination;
        if (destination.size() > destination_bytes_max || destination.contains('\0')) {
            return failure(
                QueueError{QueueErrorKind::Broken, "a destination that cannot be kept: " + destination});
        }
        batch.put(recipient_key(key), encode(recipient));
        batch.put(index_key(recipient, message->lane(), key), {});
        message->recipients.emplace_hint(
            message->recipients.end(), key.number,
            LiveRecipient{.record = std::move(recipient), .phase = {}, .lease = {}});
    }
    message->age = first_age(core.lifetimes, *message);
    if (message->age) batch.put(age_key(*message->age), {});
    return acceptance;
}

void begin_arrival(Core& core, const Acceptance& acceptance) {
    core.arrivals.begin(acceptance.message->id);
}

void announce(Core& core, Acceptance acceptance) {
    for (auto& event : acceptance.events) {
        event.at = core.wall_now();
        core.emit(std::move(event));
    }
    core.inbox->push(Announced{std::move(acceptance.message)});
}

void withdraw_arrival(Core& core, const Acceptance& acceptance) {
    core.arrivals.end(acceptance.message->id);
}

Task<Result<void, StoreError>> keep(Core& core, Acceptance acceptance, Executor here) {
    begin_arrival(core, acceptance);
    auto kept =
        co_await core.committer->keep(Precedence::Acceptance, std::move(acceptance.batch), std::move(here));
    if (kept) {
        announce(core, std::move(acceptance));
        co_return kept;
    }
    withdraw_arrival(core, acceptance);
    if (kept.error().kind != StoreErrorKind::Full) {
        core.committer->add(Precedence::Settlement, retraction(*acceptance.message), core.home.executor(),
                            [](const auto&) {});
    }
    co_return kept;
}

}  // namespace cursus
