#include "policy/callout_dialogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "policy/callout_verdict.h"

namespace cursus {

namespace {

// Ends what a client waits for, however slowly its peer drips.
class Watchdog {
public:
    Watchdog(Clock& clock, Instant deadline, SmtpClient& client)
        : clock_(clock), timer_(clock.call_at(deadline, [&client] { client.cancel(); })) {}
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() { clock_.cancel(timer_); }

private:
    Clock& clock_;
    Clock::TimerId timer_;
};

CalloutFinding unreachable(const DialogueFailure& failure) {
    return {.answer = callout_answer(failure), .trait = DomainTrait::Unreachable};
}

}  // namespace

Task<CalloutFinding> CalloutDialogue::run() {
    Clock& clock = here_.clock();
    SmtpTimeouts timeouts;  // those of RFC 5321: what is longer than a callout may be, its deadline ends
    timeouts.quit = callout_quit_timeout;
    CalloutFinding finding{.answer = {.why = "There was no time left to ask"}};
    for (const CalloutHost& host : plan_.hosts) {
        if (clock.now() >= plan_.deadline) break;
        const Instant latest = std::min(plan_.deadline, clock.now() + callout_connect_timeout);
        auto stream = co_await connect_to(here_.network(), host.where.address, plan_.from, latest);
        if (!stream) {
            finding = unreachable({SmtpStage::Connect, {}, {}, stream.error().what});
            continue;
        }
        SmtpClient client(*std::move(stream), clock, host.where.dialect, plan_.own_name, timeouts);
        const Watchdog watchdog(clock, plan_.deadline, client);
        const auto greeted = co_await client.greet();
        if (greeted)
            finding = co_await ask(client);
        else
            finding = unreachable(greeted.error());
        finding.answer.host = fmt::format("{} ({})", host.where.host, text(host.where.address));
        finding.is_of_best = host.is_best;
        co_await client.quit();  // RFC 5321 §3.1: one that refuses us waits for it too
        if (greeted) co_return finding;
    }
    co_return finding;
}

Task<CalloutFinding> CalloutDialogue::ask(SmtpClient& client) {
    if (plan_.address.needs_smtputf8() && !client.extensions().smtputf8)
        co_return CalloutFinding{.answer = {.why = "The host cannot read this address (SMTPUTF8)"}};
    ReversePath sender = NullPath{};
    const auto reply = co_await client.probe(std::move(sender), plan_.address);
    CalloutFinding finding;
    if (!reply) {
        finding.answer = callout_answer(reply.error());
        if (finding.answer.verdict == CalloutVerdict::RefusesNullSender)
            finding.trait = DomainTrait::RefusesNullSender;
        co_return finding;
    }
    finding.answer = callout_answer(*reply);
    const bool is_accepted = finding.answer.verdict == CalloutVerdict::Accepted;
    if (is_accepted && plan_.nobody && client.is_usable()) co_await ask_about_nobody(client, finding);
    co_return finding;
}

// What is not answered here leaves the answer as it is, and shows nothing of the domain.
Task<void> CalloutDialogue::ask_about_nobody(SmtpClient& client, CalloutFinding& finding) {
    ReversePath sender = NullPath{};
    const auto reply = co_await client.probe(std::move(sender), *plan_.nobody);
    if (!reply) co_return;
    const auto verdict = callout_answer(*reply).verdict;
    if (verdict == CalloutVerdict::Accepted) {
        finding.answer.verdict = CalloutVerdict::AcceptsAnything;
        finding.trait = DomainTrait::AcceptsAnything;
    } else if (verdict == CalloutVerdict::Refused) {
        finding.trait = DomainTrait::TellsApart;
    }
}

}  // namespace cursus
