#include "receive/message_draft.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

class DraftSource final : public MessageSource {
public:
    explicit DraftSource(std::shared_ptr<MessageBody> body) : body_(std::move(body)) {}
    std::uint64_t size() const override { return body_->size(); }
    Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) override {
        auto piece = co_await body_->piece(offset);
        if (!piece) co_return failure(std::move(piece).error().what);
        co_return *std::move(piece);
    }

private:
    std::shared_ptr<MessageBody> body_;
};

// Of the header at the front of `text`, its empty line not included.
std::size_t header_octets(std::string_view text) {
    HeaderFields fields(text, TextEnd::IsMessageEnd);
    while (fields.next()) {
    }
    return text.size() - fields.rest().size() - (fields.has_ended() ? line_end.size() : 0);
}

}  // namespace

std::shared_ptr<MessageSource> MessageDraft::source() const {
    return std::make_shared<DraftSource>(intake_.so_far());
}

// As much of the message as a header may have.
Task<Result<std::string, QueueError>> MessageDraft::head() const {
    const auto body = intake_.so_far();
    const std::size_t most = trace_octets_ + header_octets_max;
    std::string text;
    while (text.size() < most) {
        const auto piece = co_await body->piece(text.size());
        if (!piece) co_return failure(piece.error());
        if ((*piece)->empty()) break;
        text.append(**piece, 0, most - text.size());
        if (text.find("\r\n\r\n") != std::string::npos) break;
    }
    text.resize(trace_octets_ + header_octets(std::string_view(text).substr(trace_octets_)));
    co_return text;
}

Task<Result<void, QueueError>> MessageDraft::edit(std::vector<HeaderEdit> edits, Counting counting) {
    if (edits.empty()) co_return Result<void, QueueError>{};
    CO_TRY(before, co_await head());
    const std::size_t left_alone = counting == Counting::WithoutReceived ? trace_octets_ : 0;
    std::string after = before.substr(0, left_alone);
    after += edited_header(std::string_view(before).substr(left_alone), edits);
    co_return co_await intake_.replace_head(before.size(), std::move(after));
}

Task<Result<void, QueueError>> MessageDraft::replace_body(NewBody body) {
    CO_TRY(header, co_await head());
    const auto body_before = intake_.so_far();
    CO_TRY(behind, co_await body_before->piece(header.size()));
    // A header beyond its bound has not been read to its end, and must not lose it.
    if (!behind->empty() && !behind->starts_with(line_end))
        co_return failure(
            QueueError{QueueErrorKind::Broken, "the header is too long for its body to be replaced"});
    CO_TRY_VOID(co_await intake_.restart());
    header += line_end;
    CO_TRY_VOID(co_await intake_.append(std::move(header)));
    for (const auto& piece : body.pieces) {
        std::string octets = *piece;
        CO_TRY_VOID(co_await intake_.append(std::move(octets)));
    }
    co_return Result<void, QueueError>{};
}

}  // namespace cursus
