#include "deliver/dispatcher.h"

#include <functional>

#include "deliver/feeder.h"
#include "route/destinations.h"

namespace cursus {

namespace {

constexpr std::size_t refused_at_once = 100;  // recipients settled together when there is no route

}  // namespace

Dispatcher::Dispatcher(DeliverNeeds needs)
    : needs_(std::move(needs)),
      router_(router_of(needs_.ways)),
      budget_(needs_.ways->settings.delivery.connections),
      local_({needs_.world, needs_.queue, needs_.events, needs_.ways}),
      dispatching_(home().executor()),
      serving_(home().executor()),
      sites_(home().executor()),
      listening_(home().executor()) {
    room_.set();
    tell_where_tls_lacks();
}

Dispatcher::~Dispatcher() = default;

std::shared_ptr<Router> Dispatcher::router_of(const std::shared_ptr<const Ways>& ways) {
    auto router = std::make_unique<Router>(needs_.world.resolver, ways->settings, ways->tables);
    // What it refers to lives as long as it does.
    return {router.release(), [ways](Router* made) { delete made; }};
}

void Dispatcher::adopt(std::shared_ptr<const Ways> ways) {
    router_ = router_of(ways);
    local_.adopt(ways);
    needs_.ways = std::move(ways);
    replace_desks();
    tell_where_tls_lacks();
}

// A site keeps the ways it was opened with, and a route may be good for an hour: mail that keeps coming would
// go by them for as long. Whoever feeds a site gives its destination back at once, even while the site still
// has mail in hand, which may take long.
void Dispatcher::replace_desks() {
    for (auto& [key, desk] : std::exchange(desks_, {})) {
        desk->is_replaced = true;
        close(*desk);
        for (const auto& [destination, feed] : desk->members) feed->none_out.set();
        desk->site->post(StopSite{site_replaced_grace});
        replaced_.push_back(desk);
    }
}

void Dispatcher::tell_where_tls_lacks() {
    for (const RouteTls demand : {RouteTls::Opportunistic, RouteTls::Verified})
        if (const TlsClient& client = needs_.ways->tls.for_demand(demand);
            !client.context && client.is_wanted)
            emit({}, Trouble{"deliver", "no TLS to other hosts: " + client.why_not});
}

void Dispatcher::start() {
    listening_.spawn(listen());
    dispatching_.spawn(dispatch());
}

Task<void> Dispatcher::stop() {
    is_stopping_ = true;
    room_.set();
    local_.stop();
    needs_.queue.call_off(Destination(local_destination));
    for (const auto& [key, desk] : desks_) {
        close(*desk);
        desk->site->post(StopSite{});
    }
    desks_.clear();
    for (const auto& desk : replaced_) desk->site->post(StopSite{});
    budget_.close();
    co_await serving_.join();
    co_await sites_.join();
    news_.close();
    co_await listening_.join();
    co_await sites_.join();  // what the last news began
}

Task<void> Dispatcher::join() {
    co_await dispatching_.join();
}

Task<void> Dispatcher::dispatch() {
    while (!is_stopping_) {
        co_await room_.wait();
        auto destination = co_await needs_.queue.next_destination();
        if (!destination || is_stopping_)
            co_return;  // one that comes this late stays out: the queue is stopping too
        serving_.spawn(serve(std::move(*destination)));
        if (serving_.running() >= destinations_at_once_max) room_.reset();
    }
}

Task<void> Dispatcher::serve(Destination destination) {
    const bool called_back = was_called_back(destination);
    Route route = co_await find_route(destination);
    if (is_stopping_) {
        needs_.queue.release(destination);
    } else if (auto* nowhere = std::get_if<Unroutable>(&route)) {
        if (!nowhere->advice.empty()) emit({}, Trouble{destination, nowhere->advice});
        co_await refuse(std::move(destination), std::move(nowhere->reply));
    } else if (auto* remote = std::get_if<RemoteRoute>(&route)) {
        Feeder feeder(*this, std::move(destination));
        co_await feeder.run(std::move(*remote), called_back);
    } else {
        co_await local_.serve(std::move(destination));
    }
    room_.set();
}

// By the ways that hold once it is known: a reload may come while DNS or the store is waited for.
Task<Route> Dispatcher::find_route(Destination destination) {
    while (true) {
        const auto router = router_;
        Route route = co_await router->route(destination);
        const bool leads_somewhere = !std::holds_alternative<Unroutable>(route);
        if (leads_somewhere && !is_stopping_) co_await clear_trouble(destination);
        if (router == router_ || is_stopping_) co_return route;
    }
}

// A destination that had no route has one again.
Task<void> Dispatcher::clear_trouble(Destination destination) {
    if (trouble_of(destination)) co_await mark_up(std::move(destination));
}

Task<void> Dispatcher::refuse(Destination destination, Reply reply) {
    const std::string nobody;  // no host said so: it was decided here
    if (reply.is_permanent())
        co_await refuse_for_good(std::move(destination), nobody, std::move(reply));
    else
        co_await refuse_for_now(std::move(destination), std::move(reply));
}

// Nothing is known of where the mail goes: no recipient is touched, the whole destination waits. Its trouble
// is kept like a site's, under its own name.
Task<void> Dispatcher::refuse_for_now(Destination destination, Reply reply) {
    const auto trouble = trouble_of(destination);
    SiteState state{(trouble ? trouble->failures : 0) + 1, {}, reply.one_line()};
    state.next_try = needs_.queue.retry_at(state.failures);
    const WallTime next_try = state.next_try;
    DestinationTrouble known{{}, std::move(reply), state.failures};
    const SiteDown down{destination, state.why, next_try};
    co_await needs_.queue.set_site_state(destination, std::move(state));
    emit({}, down);
    park(destination, next_try, std::move(known));
}

Task<void> Dispatcher::refuse_for_good(Destination destination, std::string host, Reply reply) {
    while (!is_stopping_) {
        auto work = co_await needs_.queue.take(destination, refused_at_once);
        if (!work) break;
        std::vector<Settlement> settlements;
        for (const DueRecipient& recipient : work->recipients)
            settlements.push_back({recipient.key, SettledFailed{host, reply}});
        co_await needs_.queue.settle(std::move(settlements));
    }
    co_await clear_trouble(destination);
    needs_.queue.release(destination);
}

void Dispatcher::park(const Destination& destination, WallTime until, DestinationTrouble trouble) {
    if (parked_.size() < parked_remembered_max) parked_.insert_or_assign(destination, until);
    needs_.queue.park(destination, until, std::move(trouble));
}

// It was parked, and the queue hands it out before its time: an operator wants it tried now.
bool Dispatcher::was_called_back(const Destination& destination) {
    const auto found = parked_.find(destination);
    if (found == parked_.end()) return false;
    const bool is_early = found->second > home().clock().wall_now();
    parked_.erase(found);
    return is_early;
}

Reactor& Dispatcher::reactor_for(const std::string& key) {
    const auto& reactors = needs_.world.reactors;
    return *reactors[std::hash<std::string>{}(key) % reactors.size()];
}

std::shared_ptr<SiteDesk> Dispatcher::open_desk(const std::string& key, std::uint32_t failures) {
    auto desk = std::make_shared<SiteDesk>(key, failures);
    World& world = needs_.world;
    SiteNeeds needs{reactor_for(key), world.random, needs_.events,
                    needs_.ways,      budget_,      world.files,
                    world.offload,    {},           {}};
    needs.settle = [&queue = needs_.queue](std::vector<Settlement> settlements) {
        return queue.settle(std::move(settlements));
    };
    // The desk outlives its site: run_site() holds it until the site has ended.
    needs.tell = [this, weak = std::weak_ptr(desk)](SiteNews what) {
        if (auto held = weak.lock()) news_.post({std::move(held), std::move(what)});
    };
    desk->site = std::make_unique<Site>(std::move(needs), failures > 0);
    desks_.emplace(key, desk);
    sites_.spawn(run_site(desk));
    return desk;
}

Task<void> Dispatcher::run_site(std::shared_ptr<SiteDesk> desk) {
    co_await run_on(reactor_for(desk->key).executor(), desk->site->run());
    std::erase(replaced_, desk);
}

void Dispatcher::leave_desk(const std::shared_ptr<SiteDesk>& desk, const Destination& destination) {
    desk->members.erase(destination);
    if (desk->members.empty()) retire(desk);
}

// Whoever feeds it ends.
void Dispatcher::close(SiteDesk& desk) {
    desk.slots.close();
    for (const auto& [destination, feed] : desk.members) needs_.queue.call_off(destination);
}

// The site ends; whoever has mail for its hosts next opens a new one.
void Dispatcher::retire(const std::shared_ptr<SiteDesk>& desk) {
    const auto found = desks_.find(desk->key);
    if (found == desks_.end() || found->second != desk) return;
    desks_.erase(found);
    close(*desk);
    desk->site->post(StopSite{});
}

Task<void> Dispatcher::listen() {
    while (true) {
        auto all = co_await news_.drain();
        if (all.empty()) co_return;
        for (News& news : all) hear(std::move(news));
    }
}

void Dispatcher::hear(News news) {
    SiteDesk& desk = *news.desk;
    if (const auto* ready = std::get_if<SiteReady>(&news.what)) {
        desk.slots.widen(ready->window);
    } else if (std::holds_alternative<SiteProven>(news.what)) {
        if (desk.failures != 0) sites_.spawn(mark_up(desk.key));
        desk.failures = 0;
    } else if (auto* settled = std::get_if<SiteSettled>(&news.what)) {
        for (const auto& feed : settled->feeds) {
            if (--feed->out == 0) feed->none_out.set();
            desk.slots.give_back();
        }
    } else if (!desk.is_replaced) {  // else its hosts are tried anew already
        desk.failed = std::get<SiteFailed>(std::move(news.what));
        sites_.spawn(mark_down(news.desk));
        retire(news.desk);
    }
}

Task<void> Dispatcher::mark_down(std::shared_ptr<SiteDesk> desk) {
    if (desk->failed->reply.is_permanent()) {
        desk->is_marked.set();
        co_return;
    }
    ++desk->failures;
    desk->next_try = needs_.queue.retry_at(desk->failures);
    const std::string host = desk->failed->host.empty() ? "" : desk->failed->host + ": ";
    const std::string why = host + desk->failed->reply.one_line();
    SiteState state{desk->failures, desk->next_try, why};
    co_await needs_.queue.set_site_state(desk->key, std::move(state));
    emit({}, SiteDown{desk->key, why, desk->next_try});
    desk->is_marked.set();
}

Task<void> Dispatcher::mark_up(std::string key) {
    emit({}, SiteUp{key});
    co_await needs_.queue.set_site_state(std::move(key), std::nullopt);
}

std::optional<SiteState> Dispatcher::trouble_of(const std::string& key) {
    auto state = needs_.queue.site_state(key);
    return state ? std::move(*state) : std::nullopt;  // unreadable: as if nothing were known against it
}

void Dispatcher::emit(MessageId message, EventBody body) {
    needs_.events.emit({home().clock().wall_now(), {}, message, std::move(body)});
}

}  // namespace cursus
