#include "scan/clamd.h"

#include "runtime/calling_reactor.h"
#include "scan/asking.h"
#include "scan/clamd_reply.h"
#include "scan/size_limit.h"

namespace cursus {
namespace {

// With "z" before it a command ends with NUL, and so does its reply.
constexpr std::string_view instream("zINSTREAM\0", 10);

class ClamdQuestion final : public ScanQuestion<VirusVerdict> {
public:
    ClamdQuestion(Reactor& here, MessageSource& message) : here_(here), message_(message) {}

    Task<Result<VirusVerdict, Unanswered>> put(Stream& stream, Instant deadline) override {
        MessageSending sending(here_, stream, message_, MessageWrapping::Chunks);
        sending.begin(std::string(instream), deadline);
        ClamdReplyReader reply;
        const auto heard = co_await hear(stream, reply, deadline);
        CO_TRY_VOID(co_await settle(sending, heard));
        auto verdict = parse_clamd_reply(reply.text());
        if (!verdict) co_return failure(Unanswered{verdict.error()});
        // It may have found something, or enough, before the end; but nothing is clean before that.
        if (std::holds_alternative<Clean>(*verdict) && !sending.is_whole())
            co_return failure(Unanswered{"it called the message clean before it had all of it"});
        co_return *std::move(verdict);
    }

private:
    Reactor& here_;
    MessageSource& message_;
};

}  // namespace

Task<Result<VirusVerdict, ScanTrouble>> Clamd::scan(MessageSource& message) {
    if (auto too_big = over_size_limit(message, settings_)) co_return *std::move(too_big);
    Reactor* const here = co_await calling_reactor(world_);
    ClamdQuestion question(*here, message);
    co_return co_await ask_in_turn(*here, pool_, question, "clamd", settings_.timeout);
}

}  // namespace cursus
