// What a session tells its milters, and what their answers mean to it.
#pragma once

#include <optional>
#include <string>

#include "policy/evidence.h"
#include "receive/message_draft.h"
#include "receive/stage_answer.h"
#include "scan/milter_chain.h"

namespace cursus {

class MilterTalk {
public:
    // What it is given outlives it.
    MilterTalk(Reactor& here, const Settings& settings, Evidence& evidence);

    bool is_silent() const { return chain_.is_empty(); }  // there are none
    Task<StageAnswer> connect();
    Task<StageAnswer> helo();
    Task<StageAnswer> mail(std::vector<std::string> parameters);
    // `refusal`: it is refused already, which some want to know.
    Task<StageAnswer> rcpt(Mailbox recipient, std::vector<std::string> parameters,
                           std::optional<Reply> refusal);
    Task<StageAnswer> data();
    Task<StageAnswer> unknown(std::string line);
    struct Outcome {
        StageAnswer answer;
        MilteredMessage message;
    };
    Task<Outcome> message(MessageDraft& draft, Body kind, std::uint64_t size_max);
    Task<void> abort() { return chain_.abort(); }
    Task<void> quit() { return chain_.quit(); }

private:
    StageAnswer heard(const MilterStep& step, std::string_view stage);

    Clock& clock_;
    Evidence& evidence_;
    MilterChain chain_;
};

}  // namespace cursus
