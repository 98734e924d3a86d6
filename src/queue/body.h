// Message bodies that can be read: in memory, or back from the store.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "queue/body_buffer.h"
#include "queue/layout.h"
#include "queue/memory_budget.h"
#include "queue/queue.h"

namespace cursus {

// What a body needs of its queue, and shares with it beyond the queue's end.
struct BodyNeeds {
    Store& store;
    Offload& offload;
    std::shared_ptr<MemoryBudget> budget;
};

// Part of a piece in the store: `wanted` octets from `inside` on, or fewer while memory is short. They must
// be there.
Task<Result<SharedOctets, QueueError>> read_stored(const BodyNeeds& needs, MessageId message,
                                                   std::uint32_t piece, std::uint64_t inside,
                                                   std::uint64_t wanted);

// A body of the queue. piece() may be called from any reactor.
class QueuedBody final : public MessageBody, private MemoryBudget::Cached {
public:
    QueuedBody(const BodyNeeds& needs, MessageId message, const BodyShape& shape, SharedBody held)
        : needs_(needs), message_(message), shape_(shape), held_(std::move(held)) {}
    ~QueuedBody() override { needs_.budget->withdraw(*this); }

    std::uint64_t size() const override { return shape_.size; }
    Task<Result<SharedOctets, QueueError>> piece(std::uint64_t offset) override;

    void may_be_given_up() { needs_.budget->offer(*this); }
    void is_needed() { needs_.budget->withdraw(*this); }

private:
    std::shared_ptr<const void> give_up() override;
    SharedBody held();

    const BodyNeeds needs_;
    const MessageId message_;
    const BodyShape shape_;
    std::mutex mutex_;
    SharedBody held_;  // null: only in the store
};

// A body with lines of its own before it. piece() may be called from any reactor.
class FrontedBody final : public MessageBody {
public:
    FrontedBody(std::string front, std::shared_ptr<MessageBody> body)
        : front_(std::make_shared<const std::string>(std::move(front))), body_(std::move(body)) {}

    std::uint64_t size() const override { return front_->size() + body_->size(); }
    Task<Result<SharedOctets, QueueError>> piece(std::uint64_t offset) override;

private:
    const SharedOctets front_;
    const std::shared_ptr<MessageBody> body_;
};

QueueError queue_error(const StoreError& error);
QueueError broken(std::string what);

}  // namespace cursus
