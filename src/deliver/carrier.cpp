#include "deliver/carrier.h"

#include <algorithm>

#include "deliver/dsn_parameters.h"
#include "deliver/login_policy.h"
#include "deliver/site.h"
#include "deliver/timing.h"

namespace cursus {

namespace {

// Who said a reply of our own: no host that a report could name (RFC 3464 §2.3.6).
constexpr std::string_view no_host;

Reply store_trouble() {
    return {451, Status{4, 3, 0}, "The message cannot be read from the queue now"};
}

struct Outcome {
    SmtpStage stage;
    const Reply& reply;
};

Outcome outcome_of(const TransactionResult& result, std::size_t i) {
    const Reply& reply = result.outcome(i);
    if (result.mail) return {SmtpStage::Mail, reply};
    if (!result.recipients[i].is_positive()) return {SmtpStage::Rcpt, reply};
    return {SmtpStage::FinalDot, reply};
}

void erase_settled(Job& job, const std::vector<bool>& is_settled) {
    std::size_t index = 0;
    std::erase_if(job.open, [&](const JobRecipient&) { return is_settled[index++]; });
}

}  // namespace

Task<void> Carrier::run() {
    bool granted = true;
    if (claim_ != Claim::Further) granted = co_await site_.needs().budget.take(claim_);
    if (!granted) co_return;
    co_await work();
    co_await hang_up();
    site_.needs().budget.give_back(claim_);
}

void Carrier::cancel() {
    if (in_dialogue_ != nullptr) in_dialogue_->cancel();
}

// Whether the connection may have another transaction.
bool Carrier::takes_more() const {
    if (!peer_ || !peer_->client->is_usable()) return false;
    if (site_.needs().reactor.clock().now() >= renew_at_) return false;
    const auto mail_max = peer_->client->extensions().mail_max;  // RFC 9422 §5.1
    const auto most = std::min<std::size_t>(transactions_per_connection_max,
                                            mail_max.value_or(transactions_per_connection_max));
    return peer_->client->transactions() < most;
}

bool Carrier::suits(const Job& job) const {
    if (!takes_more() || job.was_tried_at(host())) return false;
    return std::ranges::all_of(passed_over_, [&](const std::string& host) { return job.was_tried_at(host); });
}

Task<void> Carrier::work() {
    const bool is_open = co_await dial_for(nullptr);
    if (!is_open) {
        site_.could_not_connect(std::nullopt, why_not_, never_);
        co_return;
    }
    while (true) {
        std::optional<Job> job = co_await site_.next_job(*this);
        if (!job) co_return;
        if (!suits(*job)) {
            const bool found_host = co_await dial_for(&*job);
            if (site_.is_stopping()) {
                site_.leave(std::move(*job));
                co_return;
            }
            if (!found_host && !job->was_tried()) {
                site_.could_not_connect(std::move(job), why_not_, never_);
                co_return;
            }
            if (!found_host) {
                site_.defer(std::move(*job));
                continue;
            }
        }
        std::optional<Job> rest = co_await carry(std::move(*job));
        if (rest) site_.put_back(std::move(*rest));
    }
}

Task<bool> Carrier::dial_for(const Job* job) {
    co_await hang_up();
    passed_over_ = job != nullptr ? job->refused_at : std::vector<std::string>{};
    never_ = false;
    std::size_t tried = 0;
    for (const Candidate& candidate : site_.candidates()) {
        if (job != nullptr && job->was_tried_at(candidate.host)) continue;
        if (site_.is_ending()) break;
        auto peer = co_await site_.dialer().dial(candidate, in_dialogue_);
        if (peer) {
            peer_ = std::move(*peer);
            const auto rcpt_max = peer_->client->extensions().rcpt_max;
            const std::size_t most = site_.needs().ways->settings.delivery.recipients_per_transaction;
            recipients_max_ = std::clamp<std::size_t>(rcpt_max.value_or(most), 1, most);
            renew_at_ = site_.needs().reactor.clock().now() + connection_age_max;
            site_.was_greeted(*this);
            was_connected_ = true;
            co_return true;
        }
        why_not_ = {candidate.host, reply_of(peer.error())};
        never_ = (tried++ == 0 || never_) && classify(peer.error()).remedy == Remedy::Never;
        if (is_login_refused(peer.error())) break;
    }
    co_return false;
}

Task<void> Carrier::hang_up() {
    if (!peer_) co_return;
    // RFC 5321 §4.1.1.10, also where the peer takes no further transaction (RFC 9422 §5.1).
    if (peer_->client->is_open()) {
        in_dialogue_ = peer_->client.get();
        co_await peer_->client->quit();
        in_dialogue_ = nullptr;
    }
    peer_.reset();
}

Task<std::optional<Job>> Carrier::carry(Job job) {
    const bool was_read = co_await keep_back_unmet(job);
    if (!was_read) {
        for (JobRecipient& recipient : job.open) recipient.refusal = TemporaryRefusal{"", store_trouble()};
        site_.defer(std::move(job));
        co_return std::nullopt;
    }
    for (auto batch = next_batch(job); !batch.empty(); batch = next_batch(job)) {
        // Its time may have passed while earlier recipients were served.
        if (const auto late = too_late(job.envelope(), wall_now())) {
            settle_batch(job, batch, Remedy::Never, no_host, *late);
            continue;
        }
        QueueSource source(job.body());
        const bool was_used = peer_->client->transactions() > 0;
        in_dialogue_ = peer_->client.get();
        auto result = co_await peer_->client->send(request_for(job, batch), source);
        in_dialogue_ = nullptr;
        if (result) {
            apply(job, batch, *result);
            site_.was_proven();
            if (!takes_more() && !next_batch(job).empty()) co_return job;  // the rest on another connection
            continue;
        }
        const DialogueFailure& broken = result.error();
        if (source.has_failed()) {
            settle_batch(job, batch, Remedy::Later, no_host, store_trouble());
            co_return what_is_left(std::move(job));
        }
        // Servers close connections that have lain idle or have done their share, which says nothing against
        // them.
        if (was_used && broken.stage == SmtpStage::Mail) {
            peer_.reset();
            co_return job;
        }
        co_return after_break(std::move(job), batch, broken);
    }
    co_return what_is_left(std::move(job));
}

std::optional<Job> Carrier::what_is_left(Job job) {
    if (!next_batch(job).empty()) return job;
    if (!job.open.empty()) return elsewhere_or_later(std::move(job));
    site_.finish(std::move(job));
    return std::nullopt;
}

// Settles what this peer cannot be given. False: the message could not be read.
Task<bool> Carrier::keep_back_unmet(Job& job) {
    const Extensions& extensions = peer_->client->extensions();
    std::optional<EightBitScan> scan;
    if (needs_scan(job.envelope(), extensions)) {
        auto scanned = co_await scan_content(job.body());
        if (!scanned) co_return false;
        scan = *scanned;
    }
    auto for_all = unmet(job.envelope(), extensions, scan ? &*scan : nullptr);
    if (!for_all) for_all = cannot_keep_time(job.envelope(), extensions, peer_->where.dialect, wall_now());
    std::vector<bool> is_settled(job.open.size(), false);
    for (std::size_t i = 0; i < job.open.size(); ++i) {
        const auto reply = for_all ? for_all : unmet(job.open[i].due.address, extensions);
        if (!reply) continue;
        attempted(job, job.open[i], SmtpStage::Ehlo, *reply);
        site_.settle(job.open[i], SettledFailed{std::string(no_host), *reply});
        is_settled[i] = true;
    }
    erase_settled(job, is_settled);
    co_return true;
}

std::vector<std::size_t> Carrier::next_batch(const Job& job) const {
    std::vector<std::size_t> batch;
    const std::size_t most = job.single_copy ? 1 : recipients_max_;
    for (std::size_t i = 0; i < job.open.size() && batch.size() < most; ++i)
        if (!job.open[i].was_refused_by(host())) batch.push_back(i);
    return batch;
}

TransactionRequest Carrier::request_for(const Job& job, const std::vector<std::size_t>& batch) const {
    const Extensions& extensions = peer_->client->extensions();
    const Envelope& envelope = job.envelope();
    TransactionRequest request;
    request.sender = envelope.sender;
    request.body = extensions.eight_bit_mime ? envelope.body : Body::SevenBit;
    request.smtputf8 = envelope.smtputf8 && extensions.smtputf8;
    request.size = envelope.size;
    if (extensions.dsn) request.mail_parameters = dsn_mail_parameters(envelope);
    for (std::string& parameter : timing_parameters(envelope, extensions, wall_now()))
        request.mail_parameters.push_back(std::move(parameter));
    const bool asks = ends_promise(envelope, extensions, peer_->where.dialect, wall_now());
    const AskForDelay delay = asks ? AskForDelay::Always : AskForDelay::AsGiven;
    for (const std::size_t i : batch) {
        const DueRecipient& due = job.open[i].due;
        request.recipients.push_back(due.address);
        if (extensions.dsn)
            request.recipient_parameters.push_back(dsn_recipient_parameters(due, extensions.smtputf8, delay));
    }
    return request;
}

void Carrier::apply(Job& job, const std::vector<std::size_t>& batch, const TransactionResult& result) {
    std::size_t accepted = 0;
    if (!result.mail)
        accepted = static_cast<std::size_t>(std::ranges::count_if(result.recipients, &Reply::is_positive));
    const std::string said_by(result.is_own ? no_host : std::string_view(host()));
    std::vector<bool> is_settled(job.open.size(), false);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        JobRecipient& recipient = job.open[batch[i]];
        const auto [stage, reply] = outcome_of(result, i);
        attempted(job, recipient, stage, reply);
        if (reply.is_positive()) {
            site_.delivered(job, recipient, *peer_, reply);
            is_settled[batch[i]] = true;
            continue;
        }
        if (result.is_unheard(i)) {  // another host must not get it at once
            site_.settle(recipient, SettledDeferred{host(), reply});
            is_settled[batch[i]] = true;
            continue;
        }
        const Remedy remedy = classify(stage, reply, peer_->where.dialect).remedy;
        // RFC 5321 §4.5.3.1.10: those beyond the peer's limit go at once, if it took any at all.
        if (remedy == Remedy::AtOnce && accepted > 0) {
            recipients_max_ = std::min(recipients_max_, accepted);
            continue;
        }
        if (remedy == Remedy::Never) {
            site_.settle(recipient, SettledFailed{said_by, reply});
            is_settled[batch[i]] = true;
            continue;
        }
        recipient.refusal = TemporaryRefusal{said_by, reply};
        recipient.refused_by.push_back(host());
    }
    erase_settled(job, is_settled);
}

std::optional<Job> Carrier::after_break(Job job, const std::vector<std::size_t>& batch,
                                        const DialogueFailure& failure) {
    if (failure.stream == StreamError::Cancelled) {
        site_.leave(std::move(job));
        return std::nullopt;
    }
    const Reply reply = reply_of(failure);
    const TemporaryRefusal why{host(), reply};
    for (const std::size_t i : batch) attempted(job, job.open[i], failure.stage, reply);
    const Classification verdict = classify(failure);
    if (verdict.blame != Blame::Host) {
        // Who of several was refused for now is not known here: once more, one at a time, so that nobody's
        // "not now" is taken for "never".
        if (verdict.remedy == Remedy::Never && batch.size() > 1) {
            peer_.reset();
            job.single_copy = true;
            return job;
        }
        settle_batch(job, batch, verdict.remedy, host(), reply);
        std::optional<Job> rest = what_is_left(std::move(job));
        peer_.reset();
        if (!failure.reply)
            site_.broke(why);  // with one the host does its work, and this message is at fault
        return rest;
    }
    for (JobRecipient& recipient : job.open)
        if (!recipient.was_refused_by(host())) recipient.refusal = why;
    job.failed_at.push_back(host());
    peer_.reset();
    if (site_.has_other_host(job)) return job;
    site_.defer(std::move(job));
    site_.broke(why);
    return std::nullopt;
}

void Carrier::settle_batch(Job& job, const std::vector<std::size_t>& batch, Remedy remedy,
                           std::string_view said_by, const Reply& reply) {
    std::vector<bool> is_settled(job.open.size(), false);
    for (const std::size_t i : batch) {
        if (remedy == Remedy::Never) {
            site_.settle(job.open[i], SettledFailed{std::string(said_by), reply});
        } else {
            site_.settle(job.open[i], SettledDeferred{std::string(said_by), reply});
        }
        is_settled[i] = true;
    }
    erase_settled(job, is_settled);
}

// Everything that is open was refused here for now.
std::optional<Job> Carrier::elsewhere_or_later(Job job) {
    job.refused_at.push_back(host());
    if (site_.has_other_host(job)) return job;
    site_.defer(std::move(job));
    return std::nullopt;
}

WallTime Carrier::wall_now() const {
    return site_.needs().reactor.clock().wall_now();
}

void Carrier::attempted(const Job& job, const JobRecipient& recipient, SmtpStage stage,
                        const Reply& reply) const {
    const SiteNeeds& needs = site_.needs();
    Attempted event{recipient.due.address.text(), host(), peer_->where.address, false,
                    std::string(describe(stage)), reply};
    if (const auto& tls = peer_->client->stream().tls()) {
        event.tls = true;
        event.protocol = tls->protocol;
        event.cipher = tls->cipher;
        event.verified = tls->verified;
    }
    needs.events.emit({wall_now(), {}, job.message(), std::move(event)});
}

}  // namespace cursus
