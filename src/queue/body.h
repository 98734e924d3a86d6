// Message bodies: gathered piece by piece, held in memory against the budget, or read back from the store.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "queue/memory_budget.h"
#include "queue/queue.h"

namespace cursus {

// Octets in memory and the charge for them. Immutable once shared.
struct HeldBody {
    std::vector<std::string> pieces;
    MemoryCharge charge;
};
using SharedBody = std::shared_ptr<const HeldBody>;
std::vector<std::shared_ptr<const std::string>> shared_pieces(
    const SharedBody& body);  // they keep the charge alive

// What has arrived of a body and is not yet in the store.
class BodyBuffer {
public:
    explicit BodyBuffer(std::shared_ptr<MemoryBudget> budget)
        : budget_(budget), charge_(std::move(budget), 0) {}
    // The octets were taken from the budget. Small strings are joined, so that a drip of them costs no more.
    void add(std::string bytes);
    // The same for octets that were not taken from the budget: they are now, whether there is room or not.
    void add_unasked(std::string bytes);
    std::uint64_t size() const { return charge_.bytes(); }
    SharedBody take(std::uint64_t bytes);  // the first `bytes`, at most size()

private:
    std::shared_ptr<MemoryBudget> budget_;
    std::vector<std::string> pieces_;
    MemoryCharge charge_;
};

// What a body needs of its queue, and shares with it beyond the queue's end.
struct BodyNeeds {
    Store& store;
    Offload& offload;
    std::shared_ptr<MemoryBudget> budget;
};

// A body of the queue. piece() may be called from any reactor.
class QueuedBody final : public MessageBody, private MemoryBudget::Cached {
public:
    QueuedBody(const BodyNeeds& needs, MessageId message, std::uint64_t size, SharedBody held)
        : needs_(needs), message_(message), size_(size), held_(std::move(held)) {}
    ~QueuedBody() override { needs_.budget->withdraw(*this); }

    std::uint64_t size() const override { return size_; }
    Task<Result<std::shared_ptr<const std::string>, QueueError>> piece(std::uint64_t offset) override;

    void may_be_given_up() { needs_.budget->offer(*this); }
    void is_needed() { needs_.budget->withdraw(*this); }

private:
    std::shared_ptr<const void> give_up() override;
    SharedBody held();
    Task<Result<std::shared_ptr<const std::string>, QueueError>> stored_piece(std::uint64_t offset);

    const BodyNeeds needs_;
    const MessageId message_;
    const std::uint64_t size_;
    std::mutex mutex_;
    SharedBody held_;  // null: only in the store
};

// A body with lines of its own before it. piece() may be called from any reactor.
class FrontedBody final : public MessageBody {
public:
    FrontedBody(std::string front, std::shared_ptr<MessageBody> body)
        : front_(std::make_shared<const std::string>(std::move(front))), body_(std::move(body)) {}

    std::uint64_t size() const override { return front_->size() + body_->size(); }
    Task<Result<std::shared_ptr<const std::string>, QueueError>> piece(std::uint64_t offset) override;

private:
    const std::shared_ptr<const std::string> front_;
    const std::shared_ptr<MessageBody> body_;
};

QueueError queue_error(const StoreError& error);
QueueError broken(std::string what);

}  // namespace cursus
