// From the queue's destinations to their sites and mailboxes: the heart of delivery, on the home reactor.
//
// Each destination that has work is served by one task: it asks the router, and then hands the work to local
// delivery or to the site the route names, or settles it when there is no route. A task whose work is done
// waits a little for more, so that connections are used again, and gives the destination back.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/settings.h"
#include "deliver/connection_budget.h"
#include "deliver/local_delivery.h"
#include "deliver/site.h"
#include "deliver/site_desk.h"
#include "mail/events.h"
#include "queue/queue.h"
#include "route/local_routing.h"
#include "route/router.h"
#include "runtime/handoff.h"
#include "runtime/reactor.h"
#include "runtime/task_group.h"

namespace cursus {

inline constexpr std::size_t destinations_at_once_max =
    10'000;  // served at once; more wait their turn in the queue
inline constexpr std::size_t destinations_crowded = 5'000;  // from here on none waits for more work

inline constexpr std::size_t parked_remembered_max = 50'000;

struct DeliverNeeds {
    World& world;  // home is world.reactors[0]
    Queue& queue;
    EventSink& events;
    std::shared_ptr<const Ways> ways;
};

class Dispatcher {
public:
    explicit Dispatcher(DeliverNeeds needs);
    ~Dispatcher();  // stopped and joined
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    // All on the home reactor. The order at the end: stop(), Queue::stop(), join().
    void start();
    // Messages and connections from now on go these ways: all is routed anew, and only what other hosts are
    // in the middle of taking ends by the ways it began with. What [delivery] and the hostname say stays as
    // it was when this was made.
    void adopt(std::shared_ptr<const Ways> ways);
    // Nothing new is begun; transactions in flight end (bounded by site_stop_grace and the dialling of one
    // host) and their results are kept; everything else stays due.
    Task<void> stop();
    Task<void> join();  // the queue has been stopped

private:
    friend class Feeder;
    struct News {
        std::shared_ptr<SiteDesk> desk;
        SiteNews what;
    };

    Task<void> dispatch();
    Task<void> listen();
    Task<void> serve(Destination destination);
    Task<Route> find_route(Destination destination);
    Task<void> refuse(Destination destination, Reply reply);
    Task<void> refuse_for_now(Destination destination, Reply reply);
    Task<void> refuse_for_good(Destination destination, std::string host, Reply reply);
    Task<void> clear_trouble(Destination destination);
    std::shared_ptr<SiteDesk> open_desk(const std::string& key, std::uint32_t failures);
    void leave_desk(const std::shared_ptr<SiteDesk>& desk, const Destination& destination);
    void close(SiteDesk& desk);
    void retire(const std::shared_ptr<SiteDesk>& desk);
    void replace_desks();
    Task<void> run_site(std::shared_ptr<SiteDesk> desk);
    void hear(News news);
    Task<void> mark_down(std::shared_ptr<SiteDesk> desk);
    Task<void> mark_up(std::string key);
    void park(const Destination& destination, WallTime until, DestinationTrouble trouble);
    bool was_called_back(const Destination& destination);
    Reactor& home() { return *needs_.world.reactors.front(); }
    Reactor& reactor_for(const std::string& key);
    void tell_where_tls_lacks();
    std::shared_ptr<Router> router_of(const std::shared_ptr<const Ways>& ways);
    void emit(MessageId message, EventBody body);
    std::optional<SiteState> trouble_of(const std::string& key);

    DeliverNeeds needs_;
    std::shared_ptr<Router> router_;  // of the ways
    ConnectionBudget budget_;
    LocalDelivery local_;
    std::unordered_map<std::string, std::shared_ptr<SiteDesk>> desks_;  // those that are alive
    std::vector<std::shared_ptr<SiteDesk>> replaced_;                   // whose sites have not ended yet
    Handoff<News> news_;
    std::unordered_map<Destination, WallTime> parked_;  // until when; to notice when one comes back before
    TaskGroup dispatching_, serving_, sites_, listening_;
    Event room_;  // fewer than destinations_at_once_max are served
    bool is_stopping_ = false;
};

}  // namespace cursus
