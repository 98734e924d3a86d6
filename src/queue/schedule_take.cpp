// The part of the schedule that hands work out.
#include <algorithm>
#include <utility>

#include "queue/schedule.h"

namespace cursus {
namespace {

constexpr Duration store_retry_interval = std::chrono::seconds{5};

std::shared_ptr<const Envelope> envelope_for(const LiveMessage& message, const Handling& handling) {
    if (!handling.sender && handling.front.empty()) return message.envelope;
    auto envelope = std::make_shared<Envelope>(*message.envelope);
    if (handling.sender) envelope->sender = *handling.sender;
    envelope->size += handling.front.size();
    return envelope;
}

std::shared_ptr<MessageBody> body_for(const LiveMessage& message, const Handling& handling) {
    if (handling.front.empty()) return message.body;
    return std::make_shared<FrontedBody>(handling.front, message.body);
}

}  // namespace

void Schedule::trouble(const std::string& what) {
    needs_.events.emit({.at = wall_now(), .session = {}, .message = {}, .body = Trouble{"queue", what}});
}

// The store cannot be read: this destination's turn comes again in a while.
void Schedule::back_off(DestinationState& state, const std::string& what) {
    trouble(what);
    state.not_before = std::max(state.not_before, later_by(wall_now(), store_retry_interval));
}

// The first recipient of the window, and those after it that are of the same message.
Schedule::Choice Schedule::choose(const DestinationState& state, std::size_t recipients_max) const {
    const auto& first = state.window.begin()->first;
    Choice choice{.lane = first.lane, .message = first.position.recipient.message, .positions = {}};
    for (const auto& [place, message] : state.window) {
        if (choice.positions.size() >= std::max<std::size_t>(recipients_max, 1)) break;
        if (place.lane != choice.lane || place.position.recipient.message != choice.message) break;
        choice.positions.push_back(place.position);
    }
    return choice;
}

std::optional<Work> Schedule::take(const Destination& destination, std::size_t recipients_max) {
    auto* state = table_.find(destination);
    if (state == nullptr) return std::nullopt;
    while (!is_stopping_ && has_due_work(*state, wall_now())) {
        auto work = lease(*state, choose(*state, recipients_max));
        if (work) return work;
    }
    return std::nullopt;
}

// Takes the chosen ones out of the window. Nothing when they cannot be had: then they have left it too,
// unless the store could not be read, when the destination was set back.
std::optional<Work> Schedule::lease(DestinationState& state, const Choice& choice) {
    auto message = needs_.messages.load(choice.message);
    if (!message) {
        if (!message.error().is_lasting) return back_off(state, message.error().what), std::nullopt;
        trouble(message.error().what);
        for (const auto& position : choice.positions) leave(state, choice.lane, position);
        return std::nullopt;
    }
    if (!*message) return heal(state, choice, "has no message"), std::nullopt;
    std::vector<std::uint32_t> numbers;
    for (const auto& position : choice.positions) {
        const auto number = position.recipient.number;
        const auto recipient = needs_.messages.load(**message, number);
        if (!recipient && !recipient.error().is_lasting) {
            back_off(state, recipient.error().what);
            break;
        }
        const bool is_there =
            recipient && *recipient != nullptr && (*recipient)->phase == RecipientPhase::Waiting;
        // Another sender or other octets: that is another work, whose turn comes next.
        if (is_there && !numbers.empty() &&
            !(*message)
                 ->recipients.at(numbers.front())
                 .record.handling.can_travel_with((*recipient)->record.handling))
            break;
        leave(state, choice.lane, position);
        if (!recipient) {
            trouble(recipient.error().what);
        } else if (*recipient == nullptr) {
            heal(state, {choice.lane, choice.message, {position}}, "has no recipient");
        } else if (is_there) {
            numbers.push_back(number);
        }
    }
    auto work = hand_over(*message, numbers);
    needs_.messages.drop_if_idle(*message);
    return work;
}

std::optional<Work> Schedule::hand_over(const LivePtr& message, const std::vector<std::uint32_t>& numbers) {
    if (numbers.empty()) return std::nullopt;
    if (message->recipients_made == 1) message->unsettled = 1;
    const auto& handling = message->recipients.at(numbers.front()).record.handling;
    Work work{.message = message->id,
              .envelope = envelope_for(*message, handling),
              .body = body_for(*message, handling),
              .front = handling.front,
              .single_copy = handling.single_copy,
              .recipients = {},
              .hold = {}};
    auto lease = std::make_shared<Lease>();
    lease->open = static_cast<std::uint32_t>(numbers.size());
    for (const auto number : numbers) {
        auto& recipient = message->recipients.at(number);
        recipient.phase = RecipientPhase::Leased;
        recipient.lease = lease;
        work.recipients.push_back({.key = {message->id, number},
                                   .address = recipient.record.address,
                                   .original = recipient.record.original,
                                   .notify = recipient.record.notify,
                                   .attempts = recipient.record.attempts,
                                   .target = recipient.record.handling.target});
    }
    message->body->is_needed();
    leased_.fetch_add(numbers.size(), std::memory_order_relaxed);
    work.hold = needs_.hold(std::move(lease), message->id, numbers);
    return work;
}

// An entry of the index that leads nowhere is taken out of it.
void Schedule::heal(DestinationState& state, const Choice& choice, const std::string& what) {
    Batch batch;
    for (const auto& position : choice.positions) {
        leave(state, choice.lane, position);
        batch.erase(due_key(state.name, choice.lane, position));
    }
    trouble("an entry of the due index for " + choice.message.text() + " " + what + "; it is removed");
    needs_.committer.add(Precedence::Settlement, std::move(batch), needs_.home, [](const auto&) {});
}

void Schedule::call_off(const Destination& destination) {
    auto* state = table_.find(destination);
    if (state == nullptr) return;
    ++state->calls;
    state->work.pulse();
}

Task<Woken> Schedule::wait_for_work(const Destination& destination, Instant deadline) {
    const auto* before = table_.find(destination);
    const auto calls = before == nullptr ? 0 : before->calls;
    for (;;) {
        auto* state = table_.find(destination);
        const auto now = needs_.clock.now();
        if (is_stopping_ || state == nullptr || now >= deadline) co_return Woken::ByDeadline;
        if (state->calls != calls) co_return Woken::ByDeadline;
        if (has_due_work(*state, wall_now())) co_return Woken::BySet;
        const auto next = work_time(*state);
        const auto sleep = next ? sleep_before(*next, wall_now()) : wall_look_interval;
        co_await state->work.wait_until(needs_.clock, std::min(deadline, now + sleep));
    }
}

}  // namespace cursus
