#include "queue/owed.h"

#include <algorithm>
#include <utility>

#include "queue/acceptance.h"

namespace cursus {
namespace {

constexpr Duration try_again_after = std::chrono::seconds{30};
constexpr Duration longest_sleep = std::chrono::minutes{1};
constexpr std::size_t read_page = 100;

// Tells the queue when the report is destroyed.
struct DebtHold {
    std::shared_ptr<Inbox> inbox;
    OwedKey debt;
    DebtHold(std::shared_ptr<Inbox> its_inbox, OwedKey its_debt)
        : inbox(std::move(its_inbox)), debt(its_debt) {}
    DebtHold(const DebtHold&) = delete;
    DebtHold& operator=(const DebtHold&) = delete;
    ~DebtHold() { inbox->push(DebtGivenUp{debt}); }
};

QueueError stopping() {
    return {QueueErrorKind::Broken, "the queue is stopping"};
}

}  // namespace

void OwedReports::is_in_store(const OwedKey& debt) {
    if (known_.size() < known_max) {
        known_.push_back(debt);
    } else {
        unknown_from_ = std::min(unknown_from_.value_or(debt), debt);
    }
    changed_.pulse();
}

void OwedReports::take_up_again(Instant now) {
    while (!later_.empty() && later_.begin()->first <= now) {
        out_.erase(later_.begin()->second);
        known_.push_back(later_.begin()->second);
        later_.erase(later_.begin());
    }
}

// False when the store cannot be read.
bool OwedReports::read_more() {
    const auto page = core_.needs.store.scan(owed_key(*unknown_from_), end_of_prefix(owed_prefix), read_page);
    if (!page) return false;
    unknown_from_.reset();
    for (const auto& entry : *page) {
        const auto debt = parse_owed_key(entry.key);
        if (debt && !out_.contains(*debt)) known_.push_back(*debt);
        if (debt && page->size() == read_page) unknown_from_ = OwedKey{debt->message, debt->number + 1};
    }
    return true;
}

Task<std::optional<OwedReport>> OwedReports::next() {
    auto& clock = core_.home.clock();
    while (!is_stopping_) {
        const auto now = clock.now();
        take_up_again(now);
        bool can_read = true;
        if (known_.empty() && unknown_from_) can_read = read_more();
        if (!known_.empty() && later_.size() < known_max) {
            const auto debt = known_.front();
            known_.pop_front();
            auto report = open(debt);
            if (report) co_return report;
            continue;
        }
        if (can_read && known_.empty() && unknown_from_) continue;
        auto wake = now + (can_read ? longest_sleep : try_again_after);
        if (!later_.empty()) wake = std::min(wake, later_.begin()->first);
        co_await changed_.wait_until(clock, wake);
    }
    co_return std::nullopt;
}

void OwedReports::set_aside(const OwedKey& debt, const LoadError& error) {
    core_.emit({.at = core_.wall_now(),
                .session = {},
                .message = debt.message,
                .body = Trouble{"queue", error.what}});
    if (error.is_lasting) return;  // it stays in the store, for somebody to look at
    out_.emplace(debt, Out{});
    later_.emplace(core_.home.clock().now() + try_again_after, debt);
}

std::optional<OwedReport> OwedReports::open(const OwedKey& debt) {
    const auto bytes = core_.needs.store.get(owed_key(debt));
    if (!bytes) return set_aside(debt, {false, bytes.error().what}), std::nullopt;
    if (!*bytes) return std::nullopt;
    auto record = decode_owed(**bytes);
    if (!record) return set_aside(debt, {true, record.error()}), std::nullopt;
    const auto message = messages_.load(debt.message);
    if (!message) return set_aside(debt, message.error()), std::nullopt;
    if (!*message)
        return set_aside(debt, {true, "a report is owed for a message that is gone"}), std::nullopt;
    ++(*message)->users;
    out_.emplace(debt, Out{*message});
    return OwedReport{.message = debt.message,
                      .number = debt.number,
                      .kind = record->kind,
                      .envelope = (*message)->envelope,
                      .sender = std::move(record->sender).value_or((*message)->envelope->sender),
                      .body = (*message)->body,
                      .recipients = std::move(record->recipients),
                      .hold = std::make_shared<DebtHold>(core_.inbox, debt)};
}

void OwedReports::given_up(const OwedKey& debt) {
    const auto found = out_.find(debt);
    if (found == out_.end() || !found->second.message || found->second.is_being_cleared) return;
    const auto message = std::exchange(found->second.message, nullptr);
    --message->users;
    messages_.drop_if_idle(message);
    later_.emplace(core_.home.clock().now() + try_again_after, debt);
    changed_.pulse();
}

// Erases the debt beside what the transaction holds already; false when it is not out or the queue stopped
// first.
Task<bool> OwedReports::clear(const OwedReport& debt, std::unique_ptr<Transaction> transaction) {
    const OwedKey key{debt.message, debt.number};
    const auto found = out_.find(key);
    if (found == out_.end() || !found->second.message || found->second.is_being_cleared) co_return false;
    found->second.is_being_cleared = true;
    const auto message = found->second.message;
    ledger_.debt_cleared(*transaction, message, key);
    const bool is_kept = co_await settler_.write(std::move(transaction));
    out_.erase(key);
    --message->users;
    messages_.drop_if_idle(message);
    co_return is_kept;
}

Task<Result<MessageId, QueueError>> OwedReports::pay(const OwedReport& debt, Envelope envelope,
                                                     NewRecipient to, std::string text) {
    const MessageId id(core_.new_id());
    envelope.size = text.size();
    if (envelope.arrived == WallTime{}) envelope.arrived = core_.wall_now();
    BodyBuffer body(core_.budget);
    body.add_unasked(std::move(text));
    auto transaction = std::make_unique<Transaction>();
    std::uint32_t pieces = 0;
    while (body.size() > body_piece_bytes) {
        transaction->batch.put_blob(piece_key(id, pieces++), body.take_piece()->pieces);
    }
    NewMessage message{.id = id,
                       .envelope = std::move(envelope),
                       .recipients = {},
                       .pieces_kept = pieces,
                       .rest = body.take_all()};
    message.recipients.push_back(std::move(to));
    auto acceptance = accept(core_, std::move(message));
    if (!acceptance) co_return failure(acceptance.error());
    transaction->batch.append(std::move(acceptance->batch));
    begin_arrival(core_, *acceptance);
    const bool is_kept = co_await clear(debt, std::move(transaction));
    if (!is_kept) {
        withdraw_arrival(core_, *acceptance);
        co_return failure(stopping());
    }
    announce(core_, *std::move(acceptance));
    co_return id;
}

Task<Result<void, QueueError>> OwedReports::forgive(const OwedReport& debt) {
    const bool is_kept = co_await clear(debt, std::make_unique<Transaction>());
    if (!is_kept) co_return failure(stopping());
    co_return Result<void, QueueError>{};
}

void OwedReports::stop() {
    is_stopping_ = true;
    changed_.set();
}

}  // namespace cursus
