// An operator's hand in the queue.
#include <algorithm>
#include <utility>

#include "queue/browse.h"
#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {
namespace {

constexpr Duration reservation_patience = std::chrono::seconds{2};

}  // namespace

bool Browse::is_any_reserved(const Page& page) const {
    return std::ranges::any_of(page.matches, [this](const Match& match) {
        const auto message = messages_.find(match.key.message);
        return message && message->is_reserved;
    });
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
    filter.state = RecipientState::Due;
    const auto now = core_.wall_now();
    auto change = [this, now](Transaction& transaction, const Match& found) -> Result<bool, QueueError> {
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

Task<Result<Queue::Step, QueueError>> Browse::hold(QueueFilter filter, std::string from, Hold hold) {
    filter.state = RecipientState::Due;
    auto change = [this, &hold](Transaction& transaction, const Match& found) -> Result<bool, QueueError> {
        TRY(message, take(found));
        if (message) ledger_.held(transaction, message, found.key.number, hold);
        return message != nullptr;
    };
    co_return co_await change_matching(std::move(filter), std::move(from), std::move(change));
}

Task<Result<Queue::Step, QueueError>> Browse::release(QueueFilter filter, std::string from, std::string by) {
    filter.state = RecipientState::Held;
    auto change = [this, &by](Transaction& transaction, const Match& found) -> Result<bool, QueueError> {
        TRY(message, take(found));
        if (message) ledger_.released(transaction, message, found.key.number, by);
        return message != nullptr;
    };
    co_return co_await change_matching(std::move(filter), std::move(from), std::move(change));
}

// One step: every match that nobody else is at work on, in one batch.
Task<Result<Queue::Step, QueueError>> Browse::change_matching(QueueFilter filter, std::string from,
                                                              Change change) {
    // Only a write of ours takes a whole message for itself, and not for long.
    auto& clock = core_.home.clock();
    const auto patience_ends = clock.now() + reservation_patience;
    auto page = walk(filter, from, records_per_step);
    while (page && is_any_reserved(*page) && clock.now() < patience_ends) {
        co_await settler_.reservations().wait_until(clock, patience_ends);
        page = walk(filter, from, records_per_step);
    }
    if (!page) co_return failure(page.error());
    auto transaction = std::make_unique<Transaction>();
    Queue::Step step{.touched = 0, .busy = 0, .next = std::move(page->next)};
    std::optional<QueueError> failed;
    for (const auto& found : page->matches) {
        if (!can_be_changed(found.key)) {
            ++step.busy;
            continue;
        }
        const auto changed = change(*transaction, found);
        if (!changed) {
            failed = changed.error();
            break;
        }
        step.touched += *changed ? 1 : 0;
    }
    const bool is_kept = co_await write(std::move(transaction));
    if (failed) co_return failure(*std::move(failed));
    if (!is_kept) co_return failure(broken("the queue is stopping"));
    co_return step;
}

Task<bool> Browse::write(std::unique_ptr<Transaction> transaction) {
    if (transaction->batch.empty()) co_return true;
    std::vector<LivePtr> reserved;  // Ledger::released wants it
    if (!transaction->new_looks.empty()) {
        for (const auto& touched : transaction->touched) reserved.push_back(touched.message);
    }
    for (const auto& message : reserved) settler_.reserve(message);
    const bool is_kept = co_await settler_.write(std::move(transaction));
    for (const auto& message : reserved) settler_.release(message);
    co_return is_kept;
}

}  // namespace cursus
