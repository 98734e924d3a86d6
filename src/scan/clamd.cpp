#include "scan/clamd.h"

#include "runtime/calling_reactor.h"
#include "scan/asking.h"
#include "scan/clamd_reply.h"
#include "scan/send_message.h"
#include "scan/size_limit.h"

namespace cursus {
namespace {

// With "z" before it a command ends with NUL, and so does its reply.
constexpr std::string_view instream("zINSTREAM\0", 10);

class ClamdQuestion final : public ScanQuestion<VirusVerdict> {
public:
    explicit ClamdQuestion(MessageSource& message) : message_(message) {}

    Task<Result<VirusVerdict, Unanswered>> put(Stream& stream, Instant deadline) override {
        std::string head(instream);
        const auto sent =
            co_await send_message(stream, std::move(head), message_, MessageWrapping::Chunks, deadline);
        if (!sent) co_return unreadable(sent.error());
        ClamdReplyReader reply;
        const auto heard = co_await hear(stream, reply, deadline);
        if (!heard) co_return unanswered(heard.error());
        auto verdict = parse_clamd_reply(reply.text());
        if (!verdict) co_return unanswered(verdict.error());
        // It may have found something, or enough, before the end; but nothing is clean before that.
        if (std::holds_alternative<Clean>(*verdict) && *sent == Sent::Part)
            co_return unanswered("it called the message clean before it had all of it");
        co_return *std::move(verdict);
    }

private:
    MessageSource& message_;
};

}  // namespace

Task<Result<VirusVerdict, ScanTrouble>> Clamd::scan(MessageSource& message, Recall& recall) {
    if (auto too_big = over_size_limit(message, settings_)) co_return *std::move(too_big);
    Reactor* const here = co_await calling_reactor(world_);
    ClamdQuestion question(message);
    co_return co_await ask_in_turn(*here, pool_, question, recall, "clamd", settings_.timeout);
}

}  // namespace cursus
