#include "scan/spamd.h"

#include "runtime/calling_reactor.h"
#include "scan/asking.h"
#include "scan/size_limit.h"
#include "scan/spamd_reply.h"

namespace cursus {
namespace {

class SpamdQuestion final : public ScanQuestion<SpamOutcome> {
public:
    SpamdQuestion(Reactor& here, MessageSource& message) : here_(here), message_(message) {}

    Task<Result<SpamOutcome, Unanswered>> put(Stream& stream, Instant deadline) override {
        MessageSending sending(here_, stream, message_, MessageWrapping::None);
        std::string head = fmt::format("SYMBOLS SPAMC/1.5\r\nContent-length: {}\r\n\r\n", message_.size());
        sending.begin(std::move(head), deadline);
        SpamdReplyReader reply;
        const auto heard = co_await hear(stream, reply, deadline);
        CO_TRY_VOID(co_await settle(sending, heard));
        if (!sending.is_whole())
            co_return failure(Unanswered{"it answered before it had all of the message"});
        co_return std::move(reply).verdict();
    }

private:
    Reactor& here_;
    MessageSource& message_;
};

}  // namespace

Task<Result<SpamOutcome, ScanTrouble>> Spamd::scan(MessageSource& message) {
    if (auto too_big = over_size_limit(message, settings_)) co_return *std::move(too_big);
    Reactor* const here = co_await calling_reactor(world_);
    SpamdQuestion question(*here, message);
    co_return co_await ask_in_turn(*here, pool_, question, "spamd", settings_.timeout);
}

}  // namespace cursus
