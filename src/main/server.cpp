#include "main/server.h"

#include <utility>

#include "accounts/account_name.h"
#include "mail/events.h"
#include "main/version.h"
#include "route/destinations.h"

namespace cursus {

namespace {

// What runs as other users has as long to end as what is being sent to other hosts.
constexpr Duration time_for_the_deputy = std::chrono::seconds{20};

}  // namespace

Server::Server(ServerNeeds needs)
    : needs_(std::move(needs)),
      current_(needs_.generation),
      guard_(settings().auth),
      held_accounts_(needs_.world, needs_.events, settings().data_dir + "/accounts-on-hold"),
      account_limits_(settings().auth, [this] { held_accounts_.keep(account_limits_); }),
      listeners_({needs_.world, Generation::rules(needs_.generation), guard_, account_limits_, intakes_,
                  needs_.events, session_ids_}),
      admin_(*needs_.world.reactors.front(), settings().admin) {}

Server::~Server() = default;

Task<Result<std::unique_ptr<Intake>, QueueError>> Server::Intakes::begin() {
    co_return co_await queue_->begin();
}

Server::Running::Running(const ServerNeeds& needs, DestinationOf destination_of, const ServerStores& stores,
                         ServerControl& control)
    : queue(
          {needs.world, stores.store, needs.events, needs.generation->settings(), std::move(destination_of)}),
      dispatcher({needs.world, queue, needs.events, Generation::ways(needs.generation)}),
      reporter({needs.world, queue, needs.events, needs.generation->settings()}),
      api({queue, stores.archive, stores.metrics, needs.world.offload, control,
           needs.world.reactors.front()->clock()}) {}

DestinationOf Server::destination_of() const {
    return [this](const Mailbox& mailbox, const Handling& handling) {
        return current_.now()->destinations().of(mailbox, handling);
    };
}

Result<void, std::string> Server::bind() {
    TRY_VOID(listeners_.bind());
    return admin_.bind();
}

Task<Result<void, std::string>> Server::start(ServerStores stores) {
    running_ = std::make_unique<Running>(needs_, destination_of(), stores, *this);
    auto opened = co_await running_->queue.start();
    if (!opened) {
        running_.reset();
        co_return failure(std::move(opened).error().what);
    }
    intakes_.open(running_->queue);
    account_limits_.restore(held_accounts_.read());
    co_await needs_.memories.behaviour.start();
    running_->dispatcher.start();
    running_->reporter.start();
    admin_.start(running_->api);
    co_await listeners_.start();
    Deputy& deputy = needs_.world.deputy;
    deputy.when_lost([this](std::string why) { emit(Trouble{"deputy", std::move(why)}); });
    emit(Started{std::string(version), deputy.why_absent()});
    co_return Result<void, std::string>{};
}

Task<Result<ReloadReport, std::string>> Server::reload() {
    if (!needs_.read_again) co_return failure(std::string("there is no configuration to read again"));
    // Whoever asks amid another reload means a file that may be newer than the one that was read.
    while (is_reloading_) co_await reload_ended_.wait();
    is_reloading_ = true;
    auto next = co_await take_up();
    if (next)
        emit(Reloaded{next->changed, next->needs_restart});
    else
        emit(Trouble{"reload", next.error()});
    is_reloading_ = false;
    reload_ended_.pulse();
    if (!next) co_return failure(std::move(next).error());
    co_return ReloadReport{std::move(next->changed), std::move(next->needs_restart)};
}

// All that can fail comes before anything is adopted.
Task<Result<NextGeneration, std::string>> Server::take_up() {
    CO_TRY(next, co_await needs_.read_again(current_.now()));
    auto rules = Generation::rules(next.generation);
    CO_TRY(prepared, co_await listeners_.prepare(std::move(rules)));
    co_await adopt(next.generation, std::move(prepared));
    co_return next;
}

// First where mail goes, so that none is taken for a domain that nobody knows yet.
Task<void> Server::adopt(std::shared_ptr<const Generation> generation, NextRules rules) {
    current_.replace(generation);
    running_->dispatcher.adopt(Generation::ways(generation));
    guard_.adopt(generation->settings().auth);
    account_limits_.adopt(generation->settings().auth);
    needs_.memories.adopt(generation->settings());
    co_await listeners_.adopt(std::move(rules));
}

std::vector<AccountOnHold> Server::accounts_on_hold() const {
    std::vector<AccountOnHold> accounts;
    for (auto& [account, why, since] : account_limits_.held())
        accounts.push_back({std::move(account), std::move(why), since});
    return accounts;
}

bool Server::release_account(const std::string& account) {
    const std::string name = account_name(account).value_or(account);
    const bool was_held = account_limits_.release(name);
    if (was_held) emit(AccountReleased{name, "operator"});
    return was_held;
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
    co_await held_accounts_.finish(account_limits_);
    co_await needs_.memories.behaviour.finish();
    deputy.when_lost({});
    emit(Stopped{"in order"});
    running_.reset();
}

}  // namespace cursus
