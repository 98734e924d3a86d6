#include "deliver/queue_source.h"

namespace cursus {

Task<Result<std::shared_ptr<const std::string>, std::string>> QueueSource::next() {
    if (offset_ == body_->size()) co_return std::make_shared<const std::string>();
    auto piece = co_await body_->piece(offset_);
    if (!piece || !*piece || (*piece)->empty()) {
        has_failed_ = true;
        co_return failure(piece ? std::string("the message ends too early") : piece.error().what);
    }
    offset_ += (*piece)->size();
    co_return std::move(*piece);
}

}  // namespace cursus
