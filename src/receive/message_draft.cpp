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

}  // namespace

std::shared_ptr<MessageSource> MessageDraft::source() const {
    return std::make_shared<DraftSource>(intake_.so_far());
}

// As much of it as a header may have, up to the end of a field.
Task<Result<MessageDraft::Header, QueueError>> MessageDraft::header(Ends ends) const {
    const auto body = intake_.so_far();
    std::string text;
    while (text.size() < header_octets_max && text.find("\r\n\r\n") == std::string::npos) {
        const auto piece = co_await body->piece(text.size());
        if (!piece) co_return failure(piece.error());
        if ((*piece)->empty()) break;
        text.append(**piece, 0, header_octets_max - text.size());
    }
    const TextEnd end = text.size() == body->size() ? TextEnd::IsMessageEnd : TextEnd::MoreMayCome;
    const auto lines = ends == Ends::AtEmptyLine ? HeaderFront::Lines::All : HeaderFront::Lines::Fields;
    const HeaderFront front = header_front(text, end, lines);
    const bool is_whole = end == TextEnd::IsMessageEnd || front.end != HeaderFront::End::OfText;
    text.resize(front.octets);
    co_return Header{std::move(text), is_whole};
}

// Edits that were made before may have put fields above it, or have removed it.
std::size_t MessageDraft::behind_trace(std::string_view header) const {
    const auto at = header.find(trace_);
    return at == std::string_view::npos ? 0 : at + trace_.size();
}

Task<Result<void, QueueError>> MessageDraft::edit(std::vector<HeaderEdit> edits, Counting counting) {
    if (edits.empty()) co_return Result<void, QueueError>{};
    const Ends ends = counting == Counting::AsShownToMilters ? Ends::AtLineThatIsNoField : Ends::AtEmptyLine;
    CO_TRY(front, co_await header(ends));
    const std::string& before = front.fields;
    const std::size_t left_alone = counting == Counting::WithoutReceived ? behind_trace(before) : 0;
    std::string after = before.substr(0, left_alone);
    after += edited_header(std::string_view(before).substr(left_alone), edits);
    co_return co_await intake_.replace_head(before.size(), std::move(after));
}

Task<Result<void, std::string>> MessageDraft::reserve(std::uint64_t octets) {
    auto reserved = co_await intake_.reserve(octets);
    if (!reserved) co_return failure(std::move(reserved).error().what);
    co_return Result<void, std::string>{};
}

Task<Result<void, QueueError>> MessageDraft::replace_body(NewBody body) {
    CO_TRY(front, co_await header(Ends::AtLineThatIsNoField));
    // A header beyond its bound has not been read to its end, and must not lose it.
    if (!front.is_whole)
        co_return failure(
            QueueError{QueueErrorKind::Broken, "the header is too long for its body to be replaced"});
    CO_TRY_VOID(co_await intake_.restart());
    // A message that BDAT brought may end amid its header.
    if (!front.fields.empty() && !front.fields.ends_with(line_end)) front.fields += line_end;
    front.fields += line_end;
    CO_TRY_VOID(co_await intake_.append(std::move(front.fields)));
    for (auto& piece : body.pieces) {
        std::string octets = *std::exchange(piece, {});
        CO_TRY_VOID(co_await intake_.append(std::move(octets)));
    }
    co_return Result<void, QueueError>{};
}

}  // namespace cursus
