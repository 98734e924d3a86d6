// What rules and milters leave of a transaction whose message is taken.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mail/command.h"
#include "mail/envelope.h"
#include "receive/doorkeeper.h"
#include "scan/milter_chain.h"

namespace cursus {

class Verdicts {
public:
    // Everybody gets it.
    explicit Verdicts(const std::vector<NewRecipient>& recipients);

    // `until`: how long what is held is kept where a rule says nothing else.
    void apply(const Judgement& judgement, WallTime now, Duration keep);
    void apply(const MilteredMessage& message, WallTime now, Duration keep);
    void discard_all(std::string by, std::string why);

    // Each once: whoever is named twice is written to once.
    std::vector<NewRecipient> recipients() const;
    const std::vector<std::string>& discarded() const { return discarded_; }
    const std::string& discarded_by() const { return discarded_by_; }
    const std::string& discarded_why() const { return discarded_why_; }
    // In LMTP: of each that was taken by RCPT, in order; nothing: the message's own reply.
    const std::vector<std::optional<Reply>>& refusals() const { return refusals_; }
    bool is_refused_to_all() const;
    struct Refused {
        Mailbox recipient;
        std::string rule;
        Reply reply;
    };
    const std::vector<Refused>& refused() const { return refused_; }  // the same, without gaps

    std::optional<ReversePath> sender;                // instead of the transaction's
    std::optional<MailParameters> sender_parameters;  // RET and ENVID of that sender, if a milter said any
    Words tags;

private:
    void note_lost(const std::vector<NewRecipient>& lost);

    std::vector<NewRecipient> recipients_;
    std::vector<std::optional<Reply>> refusals_;
    std::vector<Refused> refused_;
    std::vector<std::string> discarded_;
    std::string discarded_by_, discarded_why_;
};

}  // namespace cursus
