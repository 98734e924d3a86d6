#include "scan/spamd.h"

#include "runtime/calling_reactor.h"
#include "scan/asking.h"
#include "scan/send_message.h"
#include "scan/size_limit.h"
#include "scan/spamd_reply.h"

namespace cursus {
namespace {

class SpamdQuestion final : public ScanQuestion<SpamOutcome> {
public:
    explicit SpamdQuestion(MessageSource& message) : message_(message) {}

    Task<Result<SpamOutcome, Unanswered>> put(Stream& stream, Instant deadline) override {
        std::string head = fmt::format("SYMBOLS SPAMC/1.5\r\nContent-length: {}\r\n\r\n", message_.size());
        const auto sent =
            co_await send_message(stream, std::move(head), message_, MessageWrapping::None, deadline);
        if (!sent) co_return unreadable(sent.error());
        SpamdReplyReader reply;
        const auto heard = co_await hear(stream, reply, deadline);
        if (!heard) co_return unanswered(heard.error());
        if (*sent == Sent::Part) co_return unanswered("it answered before it had all of the message");
        co_return std::move(reply).verdict();
    }

private:
    MessageSource& message_;
};

}  // namespace

Task<Result<SpamOutcome, ScanTrouble>> Spamd::scan(MessageSource& message, Recall& recall) {
    if (auto too_big = over_size_limit(message, settings_)) co_return *std::move(too_big);
    Reactor* const here = co_await calling_reactor(world_);
    SpamdQuestion question(message);
    co_return co_await ask_in_turn(*here, pool_, question, recall, "spamd", settings_.timeout);
}

}  // namespace cursus
