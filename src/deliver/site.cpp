#include "deliver/site.h"

#include <algorithm>
#include <cassert>

#include "deliver/carrier.h"
#include "deliver/timing.h"

namespace cursus {

Site::Site(SiteNeeds needs, bool failed_before)
    : needs_(std::move(needs)),
      failed_before_(failed_before),
      dialer_({needs_.reactor, needs_.events, needs_.ways->settings, needs_.ways->tls, needs_.files,
               needs_.offload}),
      results_(needs_.settle, needs_.events, [this](std::vector<Taken> taken) { settled(std::move(taken)); }),
      carrying_(needs_.reactor.executor()),
      keeping_(needs_.reactor.executor()) {
    no_carriers_.set();
}

Site::~Site() = default;

Task<void> Site::run() {
    keeping_.spawn(results_.run());
    while (!is_stopping_) {
        auto orders = co_await inbox_.drain();
        for (SiteOrder& order : orders) handle(std::move(order));
    }
    co_await end_carriers();
    co_await carrying_.join();
    for (SiteOrder& order : inbox_.take()) handle(std::move(order));  // work that was on its way here
    results_.stop();
    co_await keeping_.join();
}

// Whoever is connecting speaks to nobody yet, and a peer that is slow to begin with could hold it for minutes
// afterwards: so they are cut off again and again.
Task<void> Site::end_carriers() {
    Clock& clock = needs_.reactor.clock();
    while (!carriers_.empty()) {
        const Instant next_look = clock.now() + std::chrono::seconds{1};
        co_await no_carriers_.wait_until(clock, next_look);
        for (SiteOrder& order : inbox_.take()) handle(std::move(order));  // there may be less time now
        if (clock.now() < stop_at_) continue;
        for (const auto& carrier : carriers_) carrier->cancel();
    }
}

void Site::handle(SiteOrder order) {
    if (auto* route = std::get_if<RemoteRoute>(&order)) {
        route_ = std::move(*route);
    } else if (auto* job = std::get_if<Job>(&order)) {
        if (is_ending()) return leave(std::move(*job));
        jobs_.push_back(std::move(*job));
        wake_one();
    } else {
        begin_stop(std::get<StopSite>(order).grace);
    }
    open_more();
}

void Site::begin_stop(Duration grace) {
    is_stopping_ = true;
    stop_at_ = std::min(stop_at_, needs_.reactor.clock().now() + grace);
    for (Job& waiting : std::exchange(jobs_, {})) leave(std::move(waiting));
    wake_all();
}

std::size_t Site::carriers_max() const {
    const std::size_t usual = std::max(1U, needs_.ways->settings.delivery.connections_per_site);
    const bool are_fewer = needs_.reactor.clock().now() < fewer_until_;
    return are_fewer ? std::min(usual, fewer_carriers_max_) : usual;
}

// One connection until the site is proven; then another whenever more work waits than there are connections
// on the way to it: woken for it, or not connected yet.
void Site::open_more() {
    if (is_ending()) return;
    Claim claim = failed_before_ && !is_proven_ ? Claim::Probe : Claim::First;
    if (!carriers_.empty()) {
        if (!is_proven_ || carriers_.size() >= carriers_max()) return;
        if (!idle_.empty() || jobs_.size() <= dialling_ + woken_) return;
        claim = Claim::Further;
        if (!needs_.budget.try_take(claim)) return;
    } else if (is_greeted_ && jobs_.empty()) {
        return;  // it has been idle, and nothing has come
    } else {
        is_proven_ = false;
    }
    ++dialling_;
    carriers_.push_back(std::make_unique<Carrier>(*this, claim));
    no_carriers_.reset();
    carrying_.spawn(carry(std::prev(carriers_.end())));
}

Task<void> Site::carry(std::list<std::unique_ptr<Carrier>>::iterator carrier) {
    co_await (*carrier)->run();
    if (!(*carrier)->was_connected()) --dialling_;
    carriers_.erase(carrier);
    if (carriers_.empty()) no_carriers_.set();
    if (!jobs_.empty()) open_more();  // work that came while this one was hanging up
}

Task<std::optional<Job>> Site::next_job(Carrier& carrier) {
    const Instant idle_until = needs_.reactor.clock().now() + connection_idle_max;
    while (!is_ending()) {
        if (auto job = pick(carrier)) co_return job;
        carrier.woken().reset();
        idle_.push_back(&carrier);
        const Woken woken = co_await carrier.woken().wait_until(needs_.reactor.clock(), idle_until);
        if (std::erase(idle_, &carrier) == 0) --woken_;
        if (woken == Woken::ByDeadline) break;
    }
    co_return is_ending() ? std::nullopt : pick(carrier);
}

std::optional<Job> Site::pick(const Carrier& carrier) {
    if (jobs_.empty()) return std::nullopt;
    auto chosen = std::ranges::find_if(jobs_, [&](const Job& job) { return carrier.suits(job); });
    if (chosen == jobs_.end()) chosen = jobs_.begin();
    Job job = std::move(*chosen);
    jobs_.erase(chosen);
    if (!jobs_.empty() && !job.single_copy && !job.was_tried()) merge_same(job);
    return job;
}

// Recipients of one message at several destinations of this site share a transaction (RFC 5321 §5.1).
void Site::merge_same(Job& job) {
    const std::size_t most = needs_.ways->settings.delivery.recipients_per_transaction;
    for (auto other = jobs_.begin(); other != jobs_.end();) {
        const bool same = job.is_same_mail(*other) && !other->single_copy && !other->was_tried() &&
                          job.open.size() + other->open.size() <= most;
        if (same) job.merge(std::move(*other));
        other = same ? jobs_.erase(other) : std::next(other);
    }
}

void Site::put_back(Job job) {
    if (is_ending()) return leave(std::move(job));
    jobs_.push_back(std::move(job));
    wake_one();
}

void Site::wake_one() {
    if (idle_.empty()) return;
    Carrier* carrier = idle_.back();
    idle_.pop_back();
    ++woken_;
    carrier->woken().set();
}

void Site::wake_all() {
    woken_ += idle_.size();
    for (Carrier* carrier : std::exchange(idle_, {})) carrier->woken().set();
}

bool Site::has_other_host(const Job& job) const {
    for (const auto& preference : route_.preferences)
        for (const RemoteHost& host : preference)
            if (!job.was_tried_at(host.name)) return true;
    return false;
}

void Site::was_greeted(const Carrier& carrier) {
    if (!carrier.was_connected()) --dialling_;
    if (!is_greeted_) needs_.tell(SiteReady{1});
    is_greeted_ = true;
}

void Site::was_proven() {
    breaks_ = 0;
    if (is_proven_ || is_ending()) return;
    is_proven_ = true;
    needs_.tell(SiteProven{});
    needs_.tell(SiteReady{2 * carriers_max() + works_waiting_max});
    open_more();
}

// One connection of several is not the site's end: the peer may only be unwilling to have so many.
void Site::could_not_connect(std::optional<Job> job, const TemporaryRefusal& why, bool never) {
    if (job) put_back(std::move(*job));
    if (is_ending()) return;
    if (carriers_.size() > 1) {
        fewer_carriers_max_ = carriers_.size() - 1;
        fewer_until_ = needs_.reactor.clock().now() + fewer_connections_kept;
        return;
    }
    if (never) return fail(why);
    const Reply& reply = why.reply;
    fail({why.host, reply.is_permanent() ? Reply{451, Status{4, 4, 1}, reply.one_line()} : reply});
}

void Site::broke(const TemporaryRefusal& why) {
    if (is_proven_ && ++breaks_ < breaks_in_a_row_max) return;
    fail(
        {why.host, why.reply.is_permanent() ? Reply{451, Status{4, 4, 2}, why.reply.one_line()} : why.reply});
}

void Site::fail(const TemporaryRefusal& why) {
    if (is_ending()) return;
    has_failed_ = true;
    for (Job& job : std::exchange(jobs_, {})) leave(std::move(job));
    wake_all();
    needs_.tell(SiteFailed{why.host, why.reply});
}

void Site::settle(const JobRecipient& recipient, decltype(Settlement::outcome) outcome) {
    results_.add({recipient.due.key, std::move(outcome)});
}

void Site::delivered(const Job& job, const JobRecipient& recipient, const Peer& peer, const Reply& reply) {
    const WallTime now = needs_.reactor.clock().wall_now();
    if (is_told_of_relaying(job.envelope(), peer.client->extensions(), peer.where.dialect, now))
        settle(recipient, SettledRelayed{peer.where.host, reply});
    else
        settle(recipient, SettledDelivered{});
    results_.then_emit(
        {now,
         {},
         job.message(),
         Delivered{recipient.due.address.text(), peer.where.host, reply, now - job.envelope().arrived}});
}

void Site::finish(Job job) {
    results_.finish(std::move(job.taken));
}

// A mailbox behind LMTP is this host's own: the operator says how long it may stay full.
bool Site::is_full_for_good(const Job& job, const Reply& reply) const {
    if (route_.dialect != Dialect::Lmtp || !says_mailbox_full(reply)) return false;
    const auto age = needs_.reactor.clock().wall_now() - job.envelope().arrived;
    return age >= needs_.ways->settings.local.full_give_up_after;
}

void Site::defer(Job job) {
    for (JobRecipient& recipient : job.open) {
        assert(recipient.refusal && "who is deferred was refused or failed somewhere");
        auto& [host, reply] = *recipient.refusal;
        if (is_full_for_good(job, reply))
            settle(recipient, SettledFailed{std::move(host), std::move(reply)});
        else
            settle(recipient, SettledDeferred{std::move(host), std::move(reply)});
    }
    finish(std::move(job));
}

void Site::leave(Job job) {
    for (const JobRecipient& recipient : job.open) settle(recipient, SettledUntouched{});
    finish(std::move(job));
}

void Site::settled(std::vector<Taken> taken) {
    SiteSettled news;
    for (Taken& one : taken) news.feeds.push_back(std::move(one.feed));
    taken.clear();  // the works go before their places are given away
    needs_.tell(std::move(news));
}

}  // namespace cursus
