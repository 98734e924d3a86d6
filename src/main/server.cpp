#include "main/server.h"

#include "main/version.h"
#include "route/destinations.h"

namespace cursus {

namespace {

// What runs as other users has as long to end as what is being sent to other hosts.
constexpr Duration time_for_the_deputy = std::chrono::seconds{20};

}  // namespace

Server::Server(ServerNeeds needs)
    : needs_(needs),
      local_(needs_.world, needs_.settings, needs_.tables, needs_.returns),
      guard_(needs.settings.auth),
      held_accounts_(needs.world, needs.events, needs.settings.data_dir + "/accounts-on-hold"),
      account_limits_(needs.settings.auth, [this] { held_accounts_.keep(account_limits_); }),
      senders_(needs.settings, needs_.tables),
      access_{needs_.authenticator, guard_, account_limits_, senders_},
      listeners_({needs.world, needs.settings, local_, access_, intakes_, needs.events, session_ids_}),
      admin_(*needs.world.reactors.front(), needs.settings.admin) {}

Server::~Server() = default;

Task<Result<std::unique_ptr<Intake>, QueueError>> Server::Intakes::begin() {
    co_return co_await queue_->begin();
}

Server::Running::Running(const ServerNeeds& needs, const LocalRouting& local, const ServerStores& stores)
    : queue({needs.world, stores.store, needs.events, needs.settings, make_destination_of(needs.settings)}),
      dispatcher({needs.world, queue, needs.events, needs.settings, local, needs.tables}),
      reporter({needs.world, queue, needs.events, needs.settings}),
      api({queue, stores.archive, stores.metrics, needs.world.offload}) {}

Result<void, std::string> Server::bind() {
    TRY_VOID(listeners_.bind());
    return admin_.bind();
}

Task<Result<void, std::string>> Server::start(ServerStores stores) {
    running_ = std::make_unique<Running>(needs_, local_, stores);
    auto opened = co_await running_->queue.start();
    if (!opened) {
        running_.reset();
        co_return failure(std::move(opened).error().what);
    }
    intakes_.open(running_->queue);
    account_limits_.restore(held_accounts_.read());
    running_->dispatcher.start();
    running_->reporter.start();
    admin_.start(running_->api);
    co_await listeners_.start();
    Deputy& deputy = needs_.world.deputy;
    deputy.when_lost([this](std::string why) { emit(Trouble{"deputy", std::move(why)}); });
    emit(Started{std::string(version), deputy.why_absent()});
    co_return Result<void, std::string>{};
}

void Server::emit(EventBody body) {
    needs_.events.emit({needs_.world.reactors.front()->clock().wall_now(), {}, {}, std::move(body)});
}

// From the outside in: nothing new arrives while what is inside is brought to its end.
Task<void> Server::stop() {
    Clock& clock = needs_.world.reactors.front()->clock();
    Deputy& deputy = needs_.world.deputy;
    co_await listeners_.stop();
    running_->queue.begin_stop();
    const auto alarm = clock.call_at(clock.now() + time_for_the_deputy, [&deputy] { deputy.call_off(); });
    co_await running_->dispatcher.stop();
    clock.cancel(alarm);
    co_await admin_.stop();
    co_await running_->queue.stop();
    co_await running_->dispatcher.join();
    co_await running_->reporter.join();
    deputy.when_lost({});
    emit(Stopped{"in order"});
    running_.reset();
}

}  // namespace cursus
