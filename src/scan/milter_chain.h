// All the milters of one SMTP session, asked one after the other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/settings_policy.h"
#include "mail/header_edit.h"
#include "scan/milter.h"
#include "scan/milter_facts.h"
#include "scan/milter_header.h"

namespace cursus {

// One milter, asked at one step: for the session's record.
struct MilterAsked {
    std::string milter;
    MilterVerdict verdict;
    std::string trouble;  // a sentence; empty: there was none. It is told once, not at every later step
    MilterTrouble::With with = MilterTrouble::With::Milter;  // whose it is
    Duration took{};
};
struct MilterStep {
    // Continue, or what the first milter that objects wants; Tempfail without a reply when one gives no
    // answer and that defers. Never Accept: that concerns only the milter that says it.
    MilterVerdict verdict;
    std::string milter;  // whose verdict it is; empty: nobody objects
    std::vector<MilterAsked> asked;
};

using MilterEnvelopeChange = std::variant<MilterSender, MilterNewRecipient, MilterLostRecipient>;
// What all of them together make of a message; nothing, unless the verdict is Continue.
struct MilteredMessage {
    std::vector<HeaderEdit> header;  // to be made in this order, our own Received being the first field
    std::optional<NewBody> body;     // in the place of the one it has
    std::vector<MilterEnvelopeChange> envelope;  // in this order
    std::optional<std::string> quarantine;       // it is to be held, and why
};
struct MilterMessageStep {
    MilterStep step;
    MilteredMessage message;
};
struct MilterMessageFacts {
    std::string_view own_received;  // the field that we put before the message; it is not shown
    Body kind;
    std::uint64_t size_max;  // of a message, and so of a new body
    BodyRoom& body_room;
};

// The steps come as the client's commands do. A refusal at connect or helo stays: every later step is
// answered with it. So does whatever settles a message, until the next mail().
class MilterChain {
public:
    // On the session's reactor. `here` and what `names` names outlive it.
    MilterChain(Reactor& here, const ScanSettings& settings, const MilterServerFacts& server,
                CompletingNames names);

    bool is_empty() const { return milters_.empty(); }

    // At first; and again when another client comes in the place of the first (XCLIENT).
    Task<MilterStep> connect(MilterClientFacts client);
    // Also behind STARTTLS. What an open message was told of is given up.
    Task<MilterStep> helo(std::string name, std::optional<MilterTlsFacts> tls);
    Task<MilterStep> mail(MilterMailFacts mail);
    // Of a recipient that is refused already, only Discard and Disconnect say anything new.
    Task<MilterStep> rcpt(MilterRcptFacts rcpt);
    bool wants_refused_recipients() const;
    Task<MilterStep> data(std::string queue_id);
    // A command that is none, as it came.
    Task<MilterStep> unknown(std::string line);
    // The end of it: each milter sees what the one before has left of header and body.
    Task<MilterMessageStep> message(MessageSource& source, MilterMessageFacts facts);
    // The message is not going to be finished: RSET, a refusal, the end of the connection.
    Task<void> abort();
    // Before the chain is destroyed, so that the milters know.
    Task<void> quit();

private:
    // A message on its way from milter to milter.
    struct Passing;

    Task<MilterStep> ask(MilterQuestion question);
    Task<void> ask_one(MilterSession& milter, MilterQuestion question, MilterStep& step);
    Task<void> show_one(MilterSession& milter, Passing& passing, MilterStep& step);
    bool is_asked(const MilterSession& milter) const;
    // How a milter is before it is asked.
    struct Before {
        Instant began;
        bool is_broken;
        std::uint64_t told;
    };
    Before before(const MilterSession& milter) const;
    // What follows for the step from what one milter says.
    void heed(MilterStep& step, const MilterSession& milter, const Before& was,
              const Result<MilterVerdict, MilterTrouble>& answer);
    Task<void> conclude(MilterCommand command, const MilterStep& step);
    std::optional<MilterVerdict> last_word() const;

    Clock& clock_;
    OnError on_error_;
    std::vector<std::unique_ptr<MilterSession>> milters_;
    MilterMacros macros_;
    std::optional<MilterVerdict> on_client_, on_message_;  // what stays
};

}  // namespace cursus
