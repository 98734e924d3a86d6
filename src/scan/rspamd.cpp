#include "scan/rspamd.h"

#include "http/read_message.h"
#include "runtime/calling_reactor.h"
#include "scan/asking.h"
#include "scan/rspamd_answer.h"
#include "scan/rspamd_question.h"
#include "scan/said.h"
#include "scan/send_message.h"
#include "scan/size_limit.h"

namespace cursus {
namespace {

namespace http = boost::beast::http;

Result<SpamOutcome, Unanswered> judge(const http::response<http::string_body>& answer) {
    if (answer.result() == http::status::payload_too_large)
        return TooBig{"it is larger than its max_message"};
    if (answer.result() != http::status::ok) {
        const auto reason = answer.reason();
        return unanswered(
            fmt::format("it answered {} {}", answer.result_int(), as_said({reason.data(), reason.size()})));
    }
    auto verdict = parse_rspamd_answer(answer.body());
    if (!verdict) return unanswered(verdict.error());
    return *std::move(verdict);
}

// It hangs up without a word on what is larger than its max_message.
std::string why_unheard(std::string why, Sent sent) {
    if (sent == Sent::Part)
        why += ", before it had all of the message; its max_message may be less than our size_max";
    return why;
}

class RspamdQuestion final : public ScanQuestion<SpamOutcome> {
public:
    RspamdQuestion(MessageSource& message, const ScanContext& context)
        : message_(message), context_(context) {}

    Task<Result<SpamOutcome, Unanswered>> put(Stream& stream, Instant deadline) override {
        std::string head = rspamd_question(context_, message_.size());
        const auto sent =
            co_await send_message(stream, std::move(head), message_, MessageWrapping::None, deadline);
        if (!sent) co_return unreadable(sent.error());
        http::response_parser<http::string_body> parser;
        parser.header_limit(http_header_bytes_max);
        parser.body_limit(rspamd_answer_octets_max);
        const auto heard = co_await read_http_message(stream, parser, deadline);
        if (!heard) co_return unanswered(why_unheard(heard.error(), *sent));
        auto outcome = judge(parser.get());
        if (outcome && std::holds_alternative<SpamVerdict>(*outcome) && *sent == Sent::Part)
            co_return unanswered("it answered before it had all of the message");
        co_return outcome;
    }

private:
    MessageSource& message_;
    const ScanContext& context_;
};

}  // namespace

Task<Result<SpamOutcome, ScanTrouble>> Rspamd::scan(MessageSource& message, ScanContext context,
                                                    Recall& recall) {
    if (auto too_big = over_size_limit(message, settings_)) co_return *std::move(too_big);
    Reactor* const here = co_await calling_reactor(world_);
    RspamdQuestion question(message, context);
    co_return co_await ask_in_turn(*here, pool_, question, recall, "rspamd", settings_.timeout);
}

}  // namespace cursus
