#include "queue/ledger.h"

#include <algorithm>
#include <limits>

namespace cursus {
namespace {

bool wants_report(const LiveMessage& message, const Handling& handling) {
    const auto& sender = handling.sender ? *handling.sender : message.envelope->sender;
    return !std::holds_alternative<NullPath>(sender);  // RFC 3464 §2: never in answer to one
}

OwedRecipient owed_recipient(const RecipientRecord& record, const std::optional<LastAnswer>& answer) {
    OwedRecipient owed{.address = record.address.text(),
                       .original = record.original,
                       .host = {},
                       .reply = {},
                       .last_attempt = {},
                       .will_retry_until = {}};
    if (answer) {
        owed.host = answer->host;
        owed.reply = answer->reply;
        owed.last_attempt = answer->at;
    }
    return owed;
}

// RFC 2852 §4.1.3.
LastAnswer too_late(int code, const std::optional<LastAnswer>& last, WallTime now) {
    std::string text = "The time to deliver it by has passed";
    if (last) text += "; the last answer was: " + last->reply.one_line();
    const auto status_class = static_cast<std::uint8_t>(code / 100);
    return {
        .host = {}, .reply = shortened(Reply(code, Status{status_class, 4, 7}, std::move(text))), .at = now};
}

// RFC 4865 §4.2, 5) and 6): never before its release.
WallTime earliest_due(const LiveMessage& message, WallTime now) {
    return std::max(now, message.envelope->not_before.value_or(now));
}

Reply reply_of(const std::optional<LastAnswer>& answer) {
    if (answer) return answer->reply;
    return Reply(451, Status{4, 4, 7}, "It could not be delivered in time");  // RFC 3463 §3.5, X.4.7
}

}  // namespace

WallTime Ledger::retry_at(std::uint32_t failures) const {
    const auto& schedule = core_.needs.settings.retry.schedule;
    const std::size_t step = std::max<std::uint32_t>(failures, 1) - 1;
    const auto wait =
        schedule.empty() ? Duration(std::chrono::hours{1}) : schedule[std::min(step, schedule.size() - 1)];
    return later_by(core_.wall_now(), wait);
}

WallTime Ledger::give_up_at(const LiveMessage& message, const RecipientRecord& record) const {
    return core_.lifetimes.times_of(*message.envelope, record).give_up_at;
}

void Ledger::note(Transaction& transaction, const LiveMessage& message, EventBody body) {
    transaction.events.push_back({.at = core_.wall_now(),
                                  .session = message.envelope->session,
                                  .message = message.id,
                                  .body = std::move(body)});
}

Transaction::Touched& Ledger::touch(Transaction& transaction, const LivePtr& message) {
    if (message->touch) return transaction.touched[*message->touch];
    message->touch = transaction.touched.size();
    ++message->users;
    // What cannot be counted now stays uncounted, and the message with it: its age entry finds it in the end.
    if (const auto counted = messages_.count(*message); !counted) {
        core_.emit({.at = core_.wall_now(),
                    .session = {},
                    .message = message->id,
                    .body = Trouble{"queue", counted.error().what}});
    }
    transaction.touched.push_back({.message = message,
                                   .failed = {OwedKind::Failed, {}},
                                   .delayed = {OwedKind::Delayed, {}},
                                   .relayed = {OwedKind::Relayed, {}}});
    return transaction.touched.back();
}

LiveRecipient& Ledger::begin(Transaction& transaction, const LivePtr& message, std::uint32_t number) {
    touch(transaction, message);
    auto& recipient = message->recipients.at(number);
    if (recipient.phase == RecipientPhase::Waiting)
        schedule_.withdraw(recipient.record, message->lane(), {message->id, number});
    recipient.phase = RecipientPhase::Settling;
    ++transaction.recipients;
    return recipient;
}

void Ledger::erase(Transaction& transaction, const LivePtr& message, std::uint32_t number) {
    const auto& record = begin(transaction, message, number).record;
    const RecipientKey key{message->id, number};
    transaction.batch.erase(recipient_key(key));
    transaction.batch.erase(index_key(record, message->lane(), key));
    if (message->unsettled && *message->unsettled != 0) --*message->unsettled;
    transaction.changes_holds |= record.held.has_value();
    // What is held has no place in the age index, where a message that could not be counted is found again.
    if (record.held && !message->unsettled) look(transaction, *message);
    transaction.ended.push_back({message, number, false});
}

void Ledger::move(Transaction& transaction, const LivePtr& message, std::uint32_t number, WallTime due) {
    auto& record = begin(transaction, message, number).record;
    const auto before = index_key(record, message->lane(), {message->id, number});
    record.due = due;
    // The configuration may have changed since it came.
    record.destination = core_.needs.destination_of(record.address, record.handling);
    put(transaction, *message, number, before);
    transaction.ended.push_back({message, number, true});
}

// The record as it is in memory, and its place in an index.
void Ledger::put(Transaction& transaction, const LiveMessage& message, std::uint32_t number,
                 const std::string& index_before) {
    const auto& record = message.recipients.at(number).record;
    const RecipientKey key{message.id, number};
    auto index_now = index_key(record, message.lane(), key);
    if (index_now != index_before) transaction.batch.erase(index_before);
    transaction.batch.put(std::move(index_now), {});
    transaction.batch.put(recipient_key(key), encode(record));
}

void Ledger::look(Transaction& transaction, const LiveMessage& message) {
    const AgeEntry entry{AgeStage::Look, core_.wall_now(), message.id};
    transaction.batch.put(age_key(entry), {});
    transaction.new_looks.push_back(entry);
}

void Ledger::held(Transaction& transaction, const LivePtr& message, std::uint32_t number, Hold hold) {
    auto& record = begin(transaction, message, number).record;
    const auto before = index_key(record, message->lane(), {message->id, number});
    record.was_warned |= core_.lifetimes.times_of(*message->envelope, record).warn_at <= core_.wall_now();
    record.state = RecipientState::Held;
    record.held = Held{.hold = shortened(std::move(hold)), .since = core_.wall_now()};
    put(transaction, *message, number, before);
    transaction.ended.push_back({message, number, false});
    const auto& kept = record.held->hold;
    if (kept.until)
        transaction.hold_ends = std::min(transaction.hold_ends.value_or(*kept.until), *kept.until);
    transaction.changes_holds = true;
    note(transaction, *message, RecipientHeld{record.address.text(), kept.by, kept.why, kept.until});
}

// It is as if it came now: the attempts before the hold count no more, and its age begins anew.
void Ledger::released(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                      const std::string& by) {
    auto& record = begin(transaction, message, number).record;
    const auto before = index_key(record, message->lane(), {message->id, number});
    const auto now = core_.wall_now();
    record.state = RecipientState::Due;
    record.held.reset();
    record.released = now;
    record.attempts = 0;
    record.due = earliest_due(*message, now);
    record.destination = core_.needs.destination_of(record.address, record.handling);
    put(transaction, *message, number, before);
    look(transaction, *message);
    transaction.ended.push_back({message, number, true});
    transaction.changes_holds = true;
    note(transaction, *message, RecipientReleased{record.address.text(), by});
}

void Ledger::hold_expired(Transaction& transaction, const LivePtr& message, std::uint32_t number) {
    erase(transaction, message, number);
    note(transaction, *message, HoldExpired{message->recipients.at(number).record.address.text()});
}

void Ledger::delivered(Transaction& transaction, const LivePtr& message, std::uint32_t number) {
    erase(transaction, message, number);
}

void Ledger::relayed(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                     LastAnswer answer) {
    erase(transaction, message, number);
    const auto& record = message->recipients.at(number).record;
    if (!wants_report(*message, record.handling) || record.notify.is_never()) return;
    owe(transaction, *message, touch(transaction, message).relayed, record.handling.sender,
        owed_recipient(record, answer));
}

void Ledger::expired(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                     std::optional<LastAnswer> answer) {
    const auto& deliver_by = message->envelope->deliver_by;
    const auto now = core_.wall_now();
    if (deliver_by && deliver_by->returns_at(now)) answer = too_late(554, answer, now);
    failed(transaction, message, number, {.why = "expired", .answer = std::move(answer)});
}

void Ledger::failed(Transaction& transaction, const LivePtr& message, std::uint32_t number, FailedAs as) {
    erase(transaction, message, number);
    const auto& record = message->recipients.at(number).record;
    auto& touched = touch(transaction, message);
    if (wants_report(*message, record.handling) && record.notify.wants_failure())
        owe(transaction, *message, touched.failed, record.handling.sender, owed_recipient(record, as.answer));
    note(transaction, *message, Bounced{record.address.text(), std::move(as.why), reply_of(as.answer)});
}

void Ledger::deferred(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                      LastAnswer answer) {
    if (core_.wall_now() >= give_up_at(*message, message->recipients.at(number).record)) {
        return expired(transaction, message, number, std::move(answer));
    }
    auto& record = message->recipients.at(number).record;
    if (record.attempts != std::numeric_limits<std::uint32_t>::max()) ++record.attempts;
    const auto due = retry_at(record.attempts);
    note(transaction, *message, Deferred{record.address.text(), answer.host, answer.reply, due});
    record.last = std::move(answer);
    move(transaction, message, number, due);
}

void Ledger::removed(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                     const std::string& by) {
    erase(transaction, message, number);
    note(transaction, *message, Removed{message->recipients.at(number).record.address.text(), by});
}

void Ledger::expanded(Transaction& transaction, const LivePtr& message, std::uint32_t number,
                      std::vector<Branch> branches) {
    erase(transaction, message, number);
    for (auto& branch : branches) branch_off(transaction, *message, number, std::move(branch));
    // Numbers are never given twice, after a restart neither.
    transaction.batch.put(message_key(message->id), encode(message->record()));
}

void Ledger::branch_off(Transaction& transaction, LiveMessage& message, std::uint32_t parent, Branch branch) {
    RecipientRecord record{.address = std::move(branch.address),
                           .original = std::move(branch.original),
                           .notify = branch.notify,
                           .state = RecipientState::Due,
                           .attempts = 0,
                           .due = core_.wall_now(),
                           .destination = {},
                           .last = {},
                           .parent = parent,
                           .held = {},
                           .handling = std::move(branch.handling),
                           .released = message.recipients.at(parent).record.released,
                           .was_warned = message.recipients.at(parent).record.was_warned};
    ++transaction.recipients;
    if (branch.failure) {
        const LastAnswer answer{.host = {}, .reply = *branch.failure, .at = core_.wall_now()};
        if (wants_report(message, record.handling) && record.notify.wants_failure())
            owe(transaction, message, transaction.touched[*message.touch].failed, record.handling.sender,
                owed_recipient(record, answer));
        note(transaction, message, Bounced{record.address.text(), "refused", *std::move(branch.failure)});
        return;
    }
    record.destination = core_.needs.destination_of(record.address, record.handling);
    const RecipientKey key{message.id, message.recipients_made++};
    const DuePosition position{record.due, key};
    transaction.batch.put(recipient_key(key), encode(record));
    transaction.batch.put(due_key(record.destination, message.lane(), position), {});
    transaction.new_work.push_back({std::move(record.destination), message.lane(), position});
    if (message.unsettled) ++*message.unsettled;
}

void Ledger::due_now(Transaction& transaction, const LivePtr& message, std::uint32_t number) {
    move(transaction, message, number, earliest_due(*message, core_.wall_now()));
}

void Ledger::delayed(Transaction& transaction, const LivePtr& message, const RecipientRecord& record,
                     const std::optional<LastAnswer>& answer, Warning warning) {
    if (!wants_report(*message, record.handling) || !record.notify.wants_delay()) return;
    auto& delayed = touch(transaction, message).delayed;
    const bool is_overdue = warning == Warning::Overdue;
    auto owed = owed_recipient(record, is_overdue ? too_late(451, answer, core_.wall_now()) : answer);
    owed.will_retry_until = give_up_at(*message, record);
    owe(transaction, *message, delayed, record.handling.sender, std::move(owed));
    ++transaction.recipients;
    note(transaction, *message, DelayWarned{record.address.text()});
}

void Ledger::aged(Transaction& transaction, const LivePtr& message, const AgeEntry& from,
                  const std::optional<AgeEntry>& to) {
    touch(transaction, message);
    transaction.batch.erase(age_key(from));
    if (to) transaction.batch.put(age_key(*to), {});
    message->age = to;
}

void Ledger::forget_usual_ages(Transaction& transaction, const LiveMessage& message) {
    for (const auto stage : {AgeStage::Warn, AgeStage::GiveUp})
        transaction.batch.erase(age_key({stage, message.envelope->arrived, message.id}));
}

void Ledger::debt_cleared(Transaction& transaction, const LivePtr& message, const OwedKey& debt) {
    touch(transaction, message);
    transaction.batch.erase(owed_key(debt));
    if (message->debts && *message->debts != 0) --*message->debts;
}

// One report tells one sender, of so many recipients at most.
void Ledger::owe(Transaction& transaction, LiveMessage& message, OwedRecord& record,
                 const std::optional<ReversePath>& sender, OwedRecipient recipient) {
    if (record.sender != sender || record.recipients.size() >= owed_recipients_max)
        put_debt(transaction, message, record);
    record.sender = sender;
    record.recipients.push_back(std::move(recipient));
}

void Ledger::put_debt(Transaction& transaction, LiveMessage& message, OwedRecord& record) {
    if (record.recipients.empty()) return;
    const OwedKey key{message.id, core_.new_id()};
    transaction.batch.put(owed_key(key), encode(record));
    transaction.new_debts.push_back(key);
    if (message.debts) ++*message.debts;
    record.recipients.clear();
}

void Ledger::erase_message(Transaction& transaction, const LiveMessage& message) {
    transaction.batch.erase(message_key(message.id));
    for (std::uint32_t piece = 0; piece < message.pieces; ++piece) {
        transaction.batch.erase_blob(piece_key(message.id, piece));
    }
    note(transaction, message, Completed{core_.wall_now() - message.envelope->arrived});
}

// Of a message that was read from the store its place in the age index is not known. What it has at a time of
// its own is found and erased when that time comes.
void Ledger::erase_age(Transaction& transaction, const LiveMessage& message) {
    if (message.age) return transaction.batch.erase(age_key(*message.age));
    forget_usual_ages(transaction, message);
}

void Ledger::conclude(Transaction& transaction) {
    for (auto& touched : transaction.touched) {
        auto& message = *touched.message;
        put_debt(transaction, message, touched.failed);
        put_debt(transaction, message, touched.delayed);
        put_debt(transaction, message, touched.relayed);
        message.touch.reset();
        if (message.unsettled != 0 || !message.debts) continue;
        erase_age(transaction, message);
        if (message.debts == 0) erase_message(transaction, message);
    }
}

void Ledger::finish(Transaction& transaction) {
    for (auto& event : transaction.events) core_.emit(std::move(event));
    for (const auto& debt : transaction.new_debts) listeners_.debt(debt);
    for (const auto& look : transaction.new_looks) listeners_.look(look);
    if (transaction.changes_holds) listeners_.quarantine(transaction.hold_ends);
    for (const auto& entry : transaction.new_work)
        schedule_.is_in_store(entry.destination, entry.lane, entry.position);
    for (const auto& ended : transaction.ended) {
        if (!ended.comes_again) continue;
        const auto& record = ended.message->recipients.at(ended.number).record;
        schedule_.is_in_store(record.destination, ended.message->lane(),
                              {record.due, {ended.message->id, ended.number}});
    }
    let_go(transaction);
}

void Ledger::abandon(Transaction& transaction) {
    let_go(transaction);
}

void Ledger::let_go(Transaction& transaction) {
    for (const auto& ended : transaction.ended) {
        const auto found = ended.message->recipients.find(ended.number);
        if (const auto& lease = found->second.lease) {
            lease->open.fetch_sub(1);
            schedule_.note_settled();
        }
        ended.message->recipients.erase(found);
    }
    for (const auto& touched : transaction.touched) {
        --touched.message->users;
        messages_.drop_if_idle(touched.message);
    }
}

}  // namespace cursus
