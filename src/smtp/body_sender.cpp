#include "smtp/body_sender.h"

#include "mail/data_framing.h"

namespace cursus {
namespace {

// A peer that refuses in the middle of the message says so and closes: its words may be there to read.
constexpr auto last_words_timeout = std::chrono::seconds{1};

Task<DialogueFailure> with_last_words(Conversation& conversation, DialogueFailure trouble) {
    if (trouble.stage != SmtpStage::Body || trouble.stream != StreamError::Reset) co_return trouble;
    auto words = co_await conversation.hear(SmtpStage::Body, last_words_timeout);
    if (words && (words->is_transient() || words->is_permanent()))
        trouble.reply = *std::move(words);
    else if (!words && words.error().reply)
        trouble.reply = std::move(words).error().reply;
    co_return trouble;
}

}  // namespace

Task<Result<void, DialogueFailure>> send_body(Conversation& conversation, BodySource& body,
                                              Duration block_timeout) {
    DotEncoder encoder;
    std::vector<std::string_view> pieces;
    auto piece = co_await body.next();
    for (bool is_last = false; !is_last;) {
        if (!piece)
            co_return failure(
                conversation.broken(SmtpStage::Body, "the message cannot be read: " + piece.error()));
        // One piece ahead, so that the end of the message and the final dot go out together.
        const auto current = *piece;
        if (!current->empty()) {
            piece = co_await body.next();
            if (!piece) continue;
        }
        is_last = (*piece)->empty();
        pieces.clear();
        auto violation = encoder.encode(*current, pieces);
        if (is_last && !violation) violation = encoder.finish(pieces);
        if (violation)
            co_return failure(
                conversation.broken(SmtpStage::Body, "the message's lines do not end with CRLF"));
        auto sent =
            co_await conversation.say(is_last ? SmtpStage::FinalDot : SmtpStage::Body, pieces, block_timeout);
        if (!sent) {
            auto trouble = co_await with_last_words(conversation, std::move(sent).error());
            co_return failure(std::move(trouble));
        }
    }
    co_return Result<void, DialogueFailure>{};
}

}  // namespace cursus
