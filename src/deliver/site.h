// A site: the hosts that take mail for one or more destinations, as its reactor sees them. It owns the
// connections, and decides how many there are.
//
// Until it has proven itself in this life, by finishing a transaction, there is one connection and at most
// one message is out; a site that cannot be reached costs nobody's message an attempt. Everything it is told
// comes through post(), everything it has to say goes through `tell`, both from any thread.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <variant>
#include <vector>

#include "deliver/connection_budget.h"
#include "deliver/dialer.h"
#include "deliver/job.h"
#include "deliver/settling.h"
#include "deliver/ways.h"
#include "mail/events.h"
#include "route/route.h"
#include "runtime/handoff.h"
#include "runtime/reactor.h"
#include "runtime/task_group.h"
#include "smtp/client.h"

namespace cursus {

inline constexpr std::size_t works_waiting_max =
    64;  // out beyond two for each connection, unsettled ones included
inline constexpr Duration connection_idle_max = std::chrono::seconds{10};
inline constexpr std::size_t transactions_per_connection_max = 1000;
// A connection that is never idle is given up after this: every new one chooses among the hosts anew, so that
// equals share a steady stream (RFC 5321 §5.1) and a better host that is back gets it again.
inline constexpr Duration connection_age_max = std::chrono::minutes{5};
inline constexpr std::size_t breaks_in_a_row_max = 3;  // of a site that was proven, then it is down
// When a peer refuses connections beyond so many, more are tried again only after this.
inline constexpr Duration fewer_connections_kept = std::chrono::minutes{10};
inline constexpr Duration site_stop_grace = std::chrono::seconds{20};
// For transactions in hand when a reload puts another site into this one's place.
inline constexpr Duration site_replaced_grace = std::chrono::hours{1};

// What a site has to say to the home reactor.
struct SiteReady {
    std::size_t window = 0;
};  // so many works may be out
struct SiteProven {};  // a transaction was finished
struct SiteSettled {
    std::vector<std::shared_ptr<Feed>> feeds;
};  // one for each work that is settled
struct SiteFailed {
    std::string host;
    Reply reply;
};  // no host took mail; permanent only by 521
using SiteNews = std::variant<SiteReady, SiteProven, SiteSettled, SiteFailed>;

// Nothing new is begun; what is in hand is cut off after the grace. Said again, the shorter time counts.
struct StopSite {
    Duration grace = site_stop_grace;
};
using SiteOrder = std::variant<RemoteRoute, Job, StopSite>;  // the first is the route, StopSite the last

struct SiteNeeds {
    Reactor& reactor;
    Random& random;
    EventSink& events;
    std::shared_ptr<const Ways> ways;
    ConnectionBudget& budget;
    Files& files;
    Offload& offload;
    Settling::Settle settle;
    std::function<void(SiteNews)> tell;
};

class Carrier;

class Site {
public:
    // `failed_before`: nothing but a probe until it is proven.
    Site(SiteNeeds needs, bool failed_before);
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    void post(SiteOrder order) { inbox_.post(std::move(order)); }  // any thread
    Task<void> run();  // on the site's reactor; after StopSite, when everything has ended and is settled

    // ---- for its connections
    const SiteNeeds& needs() const { return needs_; }
    Dialer& dialer() { return dialer_; }
    std::vector<Candidate> candidates() const { return trial_order(route_, needs_.random); }
    bool has_other_host(const Job& job) const;
    bool is_ending() const { return is_stopping_ || has_failed_; }
    bool is_stopping() const { return is_stopping_; }
    Task<std::optional<Job>> next_job(Carrier& carrier);  // nullopt: hang up
    void put_back(Job job);

    void was_greeted(const Carrier& carrier);
    void was_proven();
    void could_not_connect(std::optional<Job> job, const TemporaryRefusal& why, bool never);
    void broke(const TemporaryRefusal&
                   why);  // a host that had greeted failed over a message, and no other host is left

    void settle(const JobRecipient& recipient, decltype(Settlement::outcome) outcome);
    void delivered(const Job& job, const JobRecipient& recipient, const Peer& peer, const Reply& reply);
    void finish(Job job);  // nothing is open
    void defer(Job job);   // what is open gets its last refusal
    void leave(Job job);   // what is open stays as it was

private:
    void handle(SiteOrder order);
    void begin_stop(Duration grace);
    Task<void> end_carriers();
    std::size_t carriers_max() const;
    bool is_full_for_good(const Job& job, const Reply& reply) const;
    std::optional<Job> pick(const Carrier& carrier);
    void merge_same(Job& job);
    void wake_one();
    void wake_all();
    void open_more();
    void fail(const TemporaryRefusal& why);
    Task<void> carry(std::list<std::unique_ptr<Carrier>>::iterator carrier);
    void settled(std::vector<Taken> taken);

    SiteNeeds needs_;
    const bool failed_before_;
    Handoff<SiteOrder> inbox_;
    Dialer dialer_;
    Settling results_;
    TaskGroup carrying_, keeping_;
    RemoteRoute route_;
    std::deque<Job> jobs_;
    std::list<std::unique_ptr<Carrier>> carriers_;
    std::vector<Carrier*> idle_;  // the one that became idle last is woken first
    std::size_t woken_ = 0;       // of carriers_, those that were idle and are about to look for work
    Event no_carriers_;
    std::size_t fewer_carriers_max_ = 1;  // until fewer_until_
    Instant fewer_until_ = Instant::min();
    Instant stop_at_ = Instant::max();  // then whoever still speaks to a peer is cut off
    std::size_t dialling_ = 0;          // of carriers_, those not connected for the first time yet
    std::size_t breaks_ = 0;
    bool is_greeted_ = false, is_proven_ = false, has_failed_ = false, is_stopping_ = false;
};

}  // namespace cursus
