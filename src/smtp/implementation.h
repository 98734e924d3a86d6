// What SmtpClient is made of. Not for use outside this folder.
#pragma once

#include <string>
#include <vector>

#include "smtp/client.h"
#include "smtp/conversation.h"
#include "smtp/transaction.h"

namespace cursus {

inline bool says_no(const Reply& reply) {
    return reply.is_transient() || reply.is_permanent();
}

// By a reply that refuses what the dialogue cannot do without.
inline DialogueFailure refused(SmtpStage stage, Reply reply) {
    auto what = reply.one_line();
    return {stage, std::move(reply), std::nullopt, std::move(what)};
}

class SmtpClient::Implementation {
public:
    Implementation(std::unique_ptr<Stream> stream, Clock& clock, Dialect dialect, std::string own_name,
                   SmtpTimeouts timeouts)
        : talk_(std::move(stream), clock),
          dialect_(dialect),
          own_name_(std::move(own_name)),
          timeouts_(timeouts) {}

    Task<Result<void, DialogueFailure>> greet();
    Task<Result<void, DialogueFailure>> start_tls(std::shared_ptr<TlsContext> context,
                                                  std::string server_name);
    Task<Result<void, DialogueFailure>> begin_with_tls(std::shared_ptr<TlsContext> context,
                                                       std::string server_name);
    Task<Result<void, DialogueFailure>> log_in(Mechanism mechanism, LoginAs who);
    Task<Result<TransactionResult, DialogueFailure>> send(TransactionRequest request, BodySource& body);
    Task<Result<Reply, DialogueFailure>> probe(ReversePath sender, Mailbox recipient);
    Task<void> quit();
    bool is_usable() const;
    const Extensions& extensions() const { return extensions_; }
    std::size_t transactions() const { return transactions_; }
    Conversation& talk() { return talk_; }

private:
    // The commands of a transaction and what became of each.
    struct Progress {
        std::vector<TransactionStep> steps;
        std::optional<Reply> mail, data;
        std::vector<std::optional<Reply>> recipients;
        std::vector<std::size_t> accepted;  // recipients the peer has taken
        bool may_be_open = false;           // MAIL was accepted
    };

    Task<Result<void, DialogueFailure>> hello();
    Task<DialogueFailure> cancel_login(std::string why);
    Progress plan(const TransactionRequest& request) const;
    bool is_pointless(const Progress& progress, const TransactionStep& step) const;
    Task<Result<void, DialogueFailure>> run_steps(Progress& progress);
    Task<Result<void, DialogueFailure>> run_group(Progress& progress, std::size_t begin, std::size_t end);
    Result<void, DialogueFailure> note(Progress& progress, const TransactionStep& step, Reply reply);
    Duration timeout_of(TransactionStep::Kind kind) const;
    Task<Result<void, DialogueFailure>> finish(Progress& progress, BodySource& body,
                                               TransactionResult& result);
    Task<Result<void, DialogueFailure>> end_empty_data();
    Task<Result<void, DialogueFailure>> hear_outcome(std::size_t accepted, TransactionResult& result);

    Conversation talk_;
    Dialect dialect_;
    std::string own_name_;
    SmtpTimeouts timeouts_;
    Extensions extensions_;
    bool is_greeted_ = false;
    bool needs_reset_ = false;  // a transaction was begun and not ended: the next one begins with RSET
    std::size_t transactions_ = 0;
};

}  // namespace cursus
