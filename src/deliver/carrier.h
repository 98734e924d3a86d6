// One connection of a site, and the messages that go over it. When the host fails over a message the carrier
// goes on to the site's next host with it (RFC 5321 §5.1); a message that was refused for now is offered to
// the other hosts too, before it is deferred.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/classify.h"
#include "deliver/connection_budget.h"
#include "deliver/content.h"
#include "deliver/dialer.h"
#include "deliver/job.h"
#include "deliver/queue_source.h"
#include "runtime/event.h"

namespace cursus {

class Site;

class Carrier {
public:
    // A Further claim is granted already; the others are waited for.
    Carrier(Site& site, Claim claim) : site_(site), claim_(claim) {}

    Task<void> run();
    void cancel();
    Event& woken() { return woken_; }
    // Connected, to a host at which this job has not been, and no better host was passed over for another
    // job.
    bool takes_more() const;
    bool suits(const Job& job) const;
    bool was_connected() const { return was_connected_; }  // ever

private:
    Task<void> work();
    Task<bool> dial_for(const Job* job);
    Task<std::optional<Job>> carry(Job job);  // what is left of it, for another host or another connection
    Task<bool> keep_back_unmet(Job& job);
    std::vector<std::size_t> next_batch(const Job& job) const;
    TransactionRequest request_for(const Job& job, const std::vector<std::size_t>& batch) const;
    void apply(Job& job, const std::vector<std::size_t>& batch, const TransactionResult& result);
    std::optional<Job> after_break(Job job, const std::vector<std::size_t>& batch,
                                   const DialogueFailure& failure);
    // `said_by`: the peer, or empty for a reply of our own.
    void settle_batch(Job& job, const std::vector<std::size_t>& batch, Remedy remedy,
                      std::string_view said_by, const Reply& reply);
    std::optional<Job> elsewhere_or_later(Job job);
    std::optional<Job> what_is_left(Job job);  // when the peer is left, or nobody is unsent
    void attempted(const Job& job, const JobRecipient& recipient, SmtpStage stage, const Reply& reply) const;
    WallTime wall_now() const;
    const std::string& host() const { return peer_->where.host; }
    Task<void> hang_up();

    Site& site_;
    Claim claim_;
    std::optional<Peer> peer_;
    SmtpClient* in_dialogue_ = nullptr;
    std::vector<std::string> passed_over_;  // hosts that the job at dialling had been refused at
    std::size_t recipients_max_ = 0;        // of a transaction with this peer
    Instant renew_at_ = Instant::max();     // then this peer gets no further transaction
    TemporaryRefusal why_not_{"", Reply{451, Status{4, 4, 1}, "no host answers"}};
    bool never_ = false;  // every host said that it never takes mail
    bool was_connected_ = false;
    Event woken_;
};

}  // namespace cursus
