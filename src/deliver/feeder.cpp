#include "deliver/feeder.h"

#include "deliver/linger.h"

namespace cursus {

Task<void> Feeder::run(RemoteRoute route, bool now) {
    Clock& clock = dispatcher_.home().clock();
    site_ = route.site;
    single_copy_ = route.single_copy;
    route_ends_ = clock.now() + route.valid_for;
    feed_->destination = destination_;
    feed_->none_out.set();

    const auto found = dispatcher_.desks_.find(site_);
    if (found != dispatcher_.desks_.end()) {
        desk_ = found->second;
    } else {
        const auto trouble = dispatcher_.trouble_of(site_);
        if (trouble && trouble->next_try > clock.wall_now() && !now) {
            const Reply known{451, Status{4, 4, 1}, trouble->why};
            dispatcher_.park(destination_, trouble->next_try,
                             DestinationTrouble{{}, known, trouble->failures});
            co_return;
        }
        desk_ = dispatcher_.open_desk(site_, trouble ? trouble->failures : 0);
    }
    desk_->members.emplace(destination_, feed_);
    desk_->site->post(std::move(route));
    co_await feed();
    co_await feed_->none_out.wait();
    dispatcher_.leave_desk(desk_, destination_);
    co_await give_back();
}

Task<void> Feeder::feed() {
    Queue& queue = dispatcher_.needs_.queue;
    const std::size_t most =
        single_copy_ ? 1 : dispatcher_.needs_.ways->settings.delivery.recipients_per_transaction;
    const std::function<bool()> is_over = [this] { return is_done(); };
    while (!dispatcher_.is_stopping_) {
        const bool is_good = co_await is_route_good();
        if (!is_good) co_return;
        const bool granted = co_await desk_->slots.take();
        if (!granted) co_return;
        auto work = co_await queue.take(destination_, most);
        if (!work || desk_->slots.is_closed()) {
            desk_->slots.give_back();
            const bool comes = co_await more_comes(queue, destination_, dispatcher_.home().clock(), is_over);
            if (!comes) co_return;
            continue;
        }
        hand_over(std::move(*work));
    }
}

void Feeder::hand_over(Work work) {
    for (const DueRecipient& recipient : work.recipients)
        if (recipient.attempts == 0)
            dispatcher_.emit(work.message, Routed{recipient.address.text(), destination_, site_});
    ++feed_->out;
    feed_->none_out.reset();
    Job job(Taken{std::move(work), feed_});
    job.single_copy |= single_copy_;
    desk_->site->post(std::move(job));
}

// The route is looked up again when its time is over. False: it leads elsewhere now.
Task<bool> Feeder::is_route_good() {
    Clock& clock = dispatcher_.home().clock();
    if (clock.now() < route_ends_) co_return true;
    const auto router = dispatcher_.router_;
    Route again = co_await router->route(destination_);
    auto* remote = std::get_if<RemoteRoute>(&again);
    if (remote == nullptr || remote->site != site_ || remote->single_copy != single_copy_) co_return false;
    route_ends_ = clock.now() + remote->valid_for;
    if (!desk_->slots.is_closed()) desk_->site->post(std::move(*remote));
    co_return true;
}

// With very many destinations being served, places are worth more than kept connections.
bool Feeder::is_done() const {
    return dispatcher_.is_stopping_ || desk_->slots.is_closed() ||
           dispatcher_.serving_.running() > destinations_crowded;
}

Task<void> Feeder::give_back() {
    Queue& queue = dispatcher_.needs_.queue;
    if (!desk_->failed) {
        queue.release(destination_);
        co_return;
    }
    co_await desk_->is_marked.wait();
    const SiteFailed& failed = *desk_->failed;
    if (failed.reply.is_permanent())
        co_await dispatcher_.refuse_for_good(destination_, failed.host, failed.reply);
    else
        dispatcher_.park(destination_, desk_->next_try,
                         DestinationTrouble{failed.host, failed.reply, desk_->failures});
}

}  // namespace cursus
