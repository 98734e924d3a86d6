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

MailEvent accepted_event(const NewMessage& message) {
    Accepted accepted{.sender = bare_text(message.envelope.sender),
                      .recipients = {},
                      .size = message.envelope.size,
                      .protocol = protocol_word(message.envelope),
                      .priority = message.envelope.priority,
                      .not_before = message.envelope.not_before,
                      .deliver_by = message.envelope.deliver_by};
    accepted.recipients.reserve(message.recipients.size());
    for (const auto& recipient : message.recipients) accepted.recipients.push_back(recipient.address.text());
    return {
        .at = {}, .session = message.envelope.session, .message = message.id, .body = std::move(accepted)};
}

// Everything that an acceptance puts.
Batch retraction(const LiveMessage& message) {
    Batch batch;
    batch.erase(message_key(message.id));
    batch.erase(age_key(message.age.value()));
    for (const auto& [number, recipient] : message.recipients) {
        const RecipientKey key{message.id, number};
        batch.erase(recipient_key(key));
        batch.erase(due_key(recipient.record.destination, message.lane(), {recipient.record.due, key}));
    }
    for (std::uint32_t piece = 0; piece < message.pieces; ++piece)
        batch.erase_blob(piece_key(message.id, piece));
    return batch;
}

}  // namespace

Result<Acceptance, QueueError> accept(Core& core, NewMessage incoming) {
    auto message = std::make_shared<LiveMessage>();
    Acceptance acceptance{.batch = {}, .message = message, .event = accepted_event(incoming)};
    auto& batch = acceptance.batch;
    const auto now = core.wall_now();
    message->id = incoming.id;
    message->pieces = incoming.pieces_kept;
    message->recipients_made = static_cast<std::uint32_t>(incoming.recipients.size());
    message->unsettled = incoming.recipients.size();
    message->debts = 0;
    message->age = AgeEntry{AgeStage::Warn, incoming.envelope.arrived, incoming.id};
    if (incoming.rest)
        batch.put_blob(piece_key(incoming.id, message->pieces++), shared_pieces(incoming.rest));

    MessageRecord record{std::move(incoming.envelope), message->pieces, message->recipients_made};
    batch.put(message_key(incoming.id), encode(record));
    message->envelope = std::make_shared<const Envelope>(std::move(record.envelope));
    const auto& envelope = *message->envelope;
    // Only a body that is one piece is kept in memory: a large message never is.
    message->body =
        std::make_shared<QueuedBody>(core.body_needs(), incoming.id, envelope.size,
                                     incoming.pieces_kept == 0 ? std::move(incoming.rest) : nullptr);

    auto first_look = WallTime::max();
    const auto due = std::max(now, envelope.not_before.value_or(now));
    std::uint32_t number = 0;
    for (auto& given : incoming.recipients) {
        const RecipientKey key{incoming.id, number++};
        auto destination = core.needs.destination_of(given.address, Handling{});
        if (destination.size() > destination_bytes_max || destination.contains('\0')) {
            return failure(
                QueueError{QueueErrorKind::Broken, "a destination that cannot be kept: " + destination});
        }
        RecipientRecord recipient{.address = std::move(given.address),
                                  .original = std::move(given.original),
                                  .notify = given.notify,
                                  .state = RecipientState::Due,
                                  .attempts = 0,
                                  .due = due,
                                  .destination = std::move(destination),
                                  .last = {},
                                  .parent = {},
                                  .held = {}};
        const auto times = core.lifetimes.times_of(envelope, recipient.address);
        first_look = std::min(first_look, times.next_after(envelope.arrived));
        if (!times.are_usual) message->age->stage = AgeStage::Look;
        batch.put(recipient_key(key), encode(recipient));
        batch.put(due_key(recipient.destination, message->lane(), {due, key}), {});
        message->recipients.emplace_hint(
            message->recipients.end(), key.number,
            LiveRecipient{.record = std::move(recipient), .phase = {}, .lease = {}});
    }
    if (message->age->stage == AgeStage::Look) message->age->time = first_look;
    batch.put(age_key(*message->age), {});
    return acceptance;
}

void begin_arrival(Core& core, const Acceptance& acceptance) {
    core.arrivals.begin(acceptance.message->id);
}

void announce(Core& core, Acceptance acceptance) {
    acceptance.event.at = core.wall_now();
    core.emit(std::move(acceptance.event));
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
