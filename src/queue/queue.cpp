#include "queue/queue.h"

#include <utility>

#include "queue/browse.h"
#include "queue/core.h"
#include "queue/discovery.h"
#include "queue/expiry.h"
#include "queue/intake.h"
#include "queue/ledger.h"
#include "queue/opening.h"
#include "queue/owed.h"
#include "queue/quarantine.h"
#include "queue/schedule.h"
#include "queue/settler.h"
#include "queue/sites.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

// A taker's hold on its recipients: whatever is not settled when it ends is given back.
struct WorkHold {
    std::shared_ptr<Inbox> inbox;
    GivenUp held;
    WorkHold(std::shared_ptr<Inbox> its_inbox, GivenUp its_held)
        : inbox(std::move(its_inbox)), held(std::move(its_held)) {}
    WorkHold(const WorkHold&) = delete;
    WorkHold& operator=(const WorkHold&) = delete;
    ~WorkHold() {
        if (held.lease->open.load() != 0) inbox->push(std::move(held));
    }
};

}  // namespace

class Queue::Implementation {
public:
    explicit Implementation(const QueueNeeds& needs)
        : core(std::make_shared<Core>(needs)),
          messages(core->body_needs()),
          schedule({needs.store, core->home.clock(), needs.events, messages, core->arrivals, *core->committer,
                    core->home.executor(),
                    [inbox = core->inbox](std::shared_ptr<Lease> lease, MessageId id,
                                          std::vector<std::uint32_t> numbers) {
                        return std::make_shared<WorkHold>(inbox,
                                                          GivenUp{std::move(lease), id, std::move(numbers)});
                    }}),
          ledger(*core, messages, schedule),
          settler(*core, messages, schedule, ledger),
          owed(*core, messages, ledger, settler),
          sites(*core),
          expiry(*core, messages, schedule, ledger, settler),
          quarantine(*core, messages, ledger, settler),
          browse(*core, messages, schedule, ledger, settler),
          discovery(*core, schedule),
          tasks(core->home.executor()) {
        ledger.tell({.debt = [this](const OwedKey& debt) { owed.is_in_store(debt); },
                     .look = [this](const AgeEntry& entry) { expiry.is_in_store(entry); },
                     .quarantine = [this](auto new_end) { quarantine.changed(new_end); }});
        core->inbox->open([this](std::vector<Notice> notices) { handle(std::move(notices)); });
    }
    ~Implementation() {
        core->inbox->close();
        core->committer->close();
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void handle(std::vector<Notice> notices);
    void arrived(const LivePtr& message);
    Reactor& reactor_of(const Executor& executor) const;

    std::shared_ptr<Core> core;
    MessageTable messages;
    Schedule schedule;
    Ledger ledger;
    Settler settler;
    OwedReports owed;
    Sites sites;
    Expiry expiry;
    Quarantine quarantine;
    Browse browse;
    Discovery discovery;
    TaskGroup tasks;
    std::atomic<bool> is_open = false;
};

void Queue::Implementation::arrived(const LivePtr& message) {
    core->arrivals.end(message->id);
    if (message->age) expiry.is_in_store(*message->age);
    for (const auto& [number, recipient] : message->recipients) {
        if (const auto& held = recipient.record.held) quarantine.changed(held->hold.until);
    }
    schedule.arrived(message);
}

void Queue::Implementation::handle(std::vector<Notice> notices) {
    std::vector<SettleRequest> settlements;
    for (auto& notice : notices) {
        if (auto* request = std::get_if<SettleRequest>(&notice)) {
            settlements.push_back(std::move(*request));
            continue;
        }
        // What a Work leaves unsettled is what is not settled by the requests before it.
        if (!settlements.empty()) settler.settle(std::exchange(settlements, {}));
        if (auto* announced = std::get_if<Announced>(&notice)) {
            arrived(announced->message);
        } else if (auto* work = std::get_if<GivenUp>(&notice)) {
            settler.given_up(*work);
        } else if (auto* debt = std::get_if<DebtGivenUp>(&notice)) {
            owed.given_up(debt->debt);
        }
    }
    if (!settlements.empty()) settler.settle(std::move(settlements));
}

Reactor& Queue::Implementation::reactor_of(const Executor& executor) const {
    for (auto* reactor : core->needs.world.reactors) {
        if (reactor->executor() == executor) return *reactor;
    }
    return core->home;
}

Queue::Queue(const QueueNeeds& needs) : implementation_(std::make_unique<Implementation>(needs)) {}
Queue::~Queue() = default;

Task<Result<void, QueueError>> Queue::start() {
    auto opened = co_await open_store(*implementation_->core);
    if (!opened) co_return opened;
    implementation_->tasks.spawn(implementation_->discovery.run());
    implementation_->tasks.spawn(implementation_->expiry.run());
    implementation_->tasks.spawn(implementation_->quarantine.run());
    implementation_->is_open = true;
    co_return Result<void, QueueError>{};
}

void Queue::begin_stop() {
    constexpr Duration patience = std::chrono::seconds{5};
    auto& core = *implementation_->core;
    core.committer->give_up_at(core.home.clock().now() + patience);
}

Task<void> Queue::stop() {
    auto& queue = *implementation_;
    queue.is_open = false;
    queue.schedule.stop();
    queue.owed.stop();
    queue.expiry.stop();
    queue.quarantine.stop();
    queue.discovery.stop();
    queue.settler.stop();
    co_await queue.core->committer->stop();
    co_await queue.tasks.join();
}

Task<Result<std::unique_ptr<Intake>, QueueError>> Queue::begin() {
    auto& queue = *implementation_;
    if (!queue.is_open) co_return failure(QueueError{QueueErrorKind::Broken, "the queue is not open"});
    const auto may_begin = queue.core->health->may_begin();
    if (!may_begin) co_return failure(may_begin.error());
    auto here = co_await this_executor();
    auto& reactor = queue.reactor_of(here);
    co_return std::make_unique<QueueIntake>(queue.core, std::move(here), reactor.clock());
}

Task<std::optional<Destination>> Queue::next_destination() {
    co_return co_await implementation_->schedule.next_destination();
}

Task<std::optional<Work>> Queue::take(const Destination& destination, std::size_t recipients_max) {
    co_return implementation_->schedule.take(destination, recipients_max);
}

Task<Woken> Queue::wait_for_work(const Destination& destination, Instant deadline) {
    co_return co_await implementation_->schedule.wait_for_work(destination, deadline);
}

void Queue::call_off(const Destination& destination) {
    implementation_->schedule.call_off(destination);
}

void Queue::release(const Destination& destination) {
    implementation_->schedule.release(destination);
}

void Queue::park(const Destination& destination, WallTime until, DestinationTrouble trouble) {
    LastAnswer answer{std::move(trouble.host), shortened(trouble.reply), implementation_->core->wall_now()};
    implementation_->schedule.park(destination, until, {std::move(answer), trouble.failures});
}

Task<void> Queue::settle(std::vector<Settlement> settlements) {
    if (settlements.empty()) co_return;
    auto here = co_await this_executor();
    SettleRequest request{.settlements = std::move(settlements), .where = std::move(here), .resume = {}};
    auto arrange = [this, &request](Resume resume) {
        request.resume = std::move(resume);
        implementation_->core->inbox->push(std::move(request));
    };
    co_await suspend(std::move(arrange));
}

Result<std::optional<SiteState>, QueueError> Queue::site_state(std::string_view site) {
    return implementation_->sites.state(site);
}

Task<void> Queue::set_site_state(std::string site, std::optional<SiteState> state) {
    co_await implementation_->sites.set(std::move(site), std::move(state));
}

WallTime Queue::retry_at(std::uint32_t failures) const {
    return implementation_->ledger.retry_at(failures);
}

Task<std::optional<OwedReport>> Queue::next_owed() {
    co_return co_await implementation_->owed.next();
}

Task<Result<MessageId, QueueError>> Queue::pay(const OwedReport& debt, Envelope envelope, NewRecipient to,
                                               std::string message) {
    co_return co_await implementation_->owed.pay(debt, std::move(envelope), std::move(to),
                                                 std::move(message));
}

Task<Result<void, QueueError>> Queue::forgive(const OwedReport& debt) {
    co_return co_await implementation_->owed.forgive(debt);
}

Result<ListPage, QueueError> Queue::list(const QueueFilter& filter, std::string_view from,
                                         std::size_t limit) {
    return implementation_->browse.list(filter, from, limit);
}

Result<std::vector<DestinationSummary>, QueueError> Queue::summary(std::size_t destinations_max) {
    return implementation_->browse.summary(destinations_max);
}

Result<HeldSummary, QueueError> Queue::held_summary() {
    return implementation_->quarantine.summary();
}

Result<std::optional<StoredMessage>, QueueError> Queue::message(MessageId id) {
    return implementation_->browse.message(id);
}

Task<Result<Queue::Step, QueueError>> Queue::hold(const QueueFilter& filter, std::string from, Hold hold) {
    co_return co_await implementation_->browse.hold(filter, std::move(from), std::move(hold));
}

Task<Result<Queue::Step, QueueError>> Queue::release_held(const QueueFilter& filter, std::string from,
                                                          std::string by) {
    co_return co_await implementation_->browse.release(filter, std::move(from), std::move(by));
}

Task<Result<Queue::Step, QueueError>> Queue::retry_now(const QueueFilter& filter, std::string from) {
    co_return co_await implementation_->browse.retry_now(filter, std::move(from));
}

Task<Result<Queue::Step, QueueError>> Queue::remove(const QueueFilter& filter, std::string from,
                                                    std::string by) {
    co_return co_await implementation_->browse.remove(filter, std::move(from), std::move(by));
}

Queue::Gauges Queue::gauges() const {
    const auto& queue = *implementation_;
    return {.body_bytes_held = queue.core->budget->used(),
            .body_bytes_budget = queue.core->budget->limit(),
            .leased = queue.schedule.leased(),
            .destinations = queue.schedule.destinations(),
            .held = queue.quarantine.counted()};
}

}  // namespace cursus
