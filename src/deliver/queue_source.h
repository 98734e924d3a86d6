// A message of the queue as the source of a transaction.
#pragma once

#include "queue/queue.h"
#include "smtp/client.h"

namespace cursus {

class QueueSource final : public BodySource {
public:
    explicit QueueSource(std::shared_ptr<MessageBody> body) : body_(std::move(body)) {}
    Task<Result<std::shared_ptr<const std::string>, std::string>> next() override;
    bool has_failed() const { return has_failed_; }  // the store's fault, not the peer's

private:
    std::shared_ptr<MessageBody> body_;
    std::uint64_t offset_ = 0;
    bool has_failed_ = false;
};

}  // namespace cursus
