#include "queue/body.h"

#include <algorithm>
#include <utility>

#include "runtime/offload.h"

namespace cursus {
SharedBody QueuedBody::held() {
    const std::lock_guard lock(mutex_);
    return held_;
}

std::shared_ptr<const void> QueuedBody::give_up() {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, nullptr);
}

Task<Result<SharedOctets, QueueError>> QueuedBody::piece(std::uint64_t offset) {
    if (offset >= shape_.size) co_return std::make_shared<const std::string>();
    if (const auto body = held()) co_return part_of(body->pieces, offset);
    const auto place = place_in(shape_, offset);
    co_return co_await read_stored(needs_, message_, place.piece, place.inside, place.octets);
}

Task<Result<SharedOctets, QueueError>> read_stored(const BodyNeeds& needs, MessageId message,
                                                   std::uint32_t piece, std::uint64_t inside,
                                                   std::uint64_t wanted) {
    const auto granted = needs.budget->take_for_delivery(wanted);
    auto read = std::make_shared<HeldOctets>();
    read->charge = MemoryCharge(needs.budget, granted);
    const auto key = piece_key(message, piece);
    auto work = [&needs, &key, inside, granted] { return needs.store.read_blob(key, inside, granted); };
    auto found = co_await offload(needs.offload, std::move(work));
    if (!found) co_return failure(queue_error(found.error()));
    if (!*found || (*found)->size() != granted) {
        co_return failure(broken("the body of " + message.text() + " is not whole"));
    }
    read->bytes = **std::move(found);
    co_return shared(std::move(read));
}

QueueError queue_error(const StoreError& error) {
    return {error.kind == StoreErrorKind::Full ? QueueErrorKind::Full : QueueErrorKind::Broken, error.what};
}

QueueError broken(std::string what) {
    return {QueueErrorKind::Broken, std::move(what)};
}

Task<Result<SharedOctets, QueueError>> FrontedBody::piece(std::uint64_t offset) {
    if (offset >= front_->size()) co_return co_await body_->piece(offset - front_->size());
    if (offset == 0) co_return front_;
    co_return std::make_shared<const std::string>(front_->substr(offset));
}

}  // namespace cursus
