// One message on its way in.
#pragma once

#include <memory>
#include <optional>

#include "queue/acceptance.h"
#include "queue/core.h"

namespace cursus {

class QueueIntake final : public Intake {
public:
    // How long a message may wait for memory before its sender is told to come again.
    static constexpr Duration budget_patience = std::chrono::seconds{30};

    // `clock` is that of the reactor whose task uses this.
    QueueIntake(std::shared_ptr<Core> core, Executor here, Clock& clock)
        : core_(std::move(core)),
          here_(std::move(here)),
          clock_(clock),
          id_(core_->new_id()),
          buffer_(core_->budget) {}
    ~QueueIntake() override;

    MessageId id() const override { return id_; }
    Task<Result<void, QueueError>> append(std::string bytes) override;
    Task<Result<void, QueueError>> reserve(std::uint64_t octets) override;
    Task<Result<void, QueueError>> replace_head(std::uint64_t octets, std::string with) override;
    Task<Result<void, QueueError>> restart() override;
    std::uint64_t size() const override;
    std::shared_ptr<MessageBody> so_far() override;
    Task<Result<void, QueueError>> commit(Envelope envelope, std::vector<NewRecipient> recipients) override;

private:
    Task<Result<void, QueueError>> take_room(std::uint64_t octets);
    Task<Result<void, QueueError>> write_piece();
    Task<Result<void, QueueError>> write(Batch batch);
    Batch erasure() const;
    SharedBody join(const NewHead& head, const HeldBody& appended) const;
    NewMessage rest_of(Envelope envelope, std::vector<NewRecipient> recipients);

    const std::shared_ptr<Core> core_;
    const Executor here_;
    Clock& clock_;
    const MessageId id_;
    BodyBuffer buffer_;           // what is not in the store
    std::uint64_t reserved_ = 0;  // of the budget, and nothing is in buffer_ for it yet
    std::uint64_t appended_ = 0;
    std::optional<NewHead> head_;
    std::uint32_t pieces_ = 0;                                     // in the store, or perhaps there
    std::shared_ptr<const void> stand_ = std::make_shared<int>();  // see SoFar
    bool is_writing_ = false;
    bool is_committed_ = false;
    std::optional<QueueError> failed_;
};

}  // namespace cursus
