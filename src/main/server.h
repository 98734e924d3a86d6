// The program without its world: the stages, wired together. `cursus serve` runs it in the real world, the
// simulation in its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/account_limits.h"
#include "accounts/held_accounts_file.h"
#include "accounts/login_guard.h"
#include "admin/server.h"
#include "admin/server_control.h"
#include "base/id.h"
#include "base/live.h"
#include "deliver/dispatcher.h"
#include "journal/metrics.h"
#include "mail/events.h"
#include "main/generation.h"
#include "queue/queue.h"
#include "receive/listeners.h"
#include "report/reporter.h"
#include "runtime/archive.h"
#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/store.h"

namespace cursus {

// What a reload brings: the next generation, and what of the file it could not take over.
struct NextGeneration {
    std::shared_ptr<const Generation> generation;
    std::vector<std::string> changed, needs_restart;
};
// The error is for people, and may have several lines.
using ReadAgain =
    std::function<Task<Result<NextGeneration, std::string>>(std::shared_ptr<const Generation> running)>;

// The world, the events and the memories outlive the server.
struct ServerNeeds {
    World& world;
    EventSink& events;
    Memories& memories;
    std::shared_ptr<const Generation> generation;
    ReadAgain read_again = {};  // empty: there is nothing to read again
};

// What is opened once privileges are dropped.
struct ServerStores {
    Store& store;
    const Archive& archive;
    const MetricsReader& metrics;
};

class Server final : public ServerControl {
public:
    explicit Server(ServerNeeds needs);
    ~Server() override;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Takes hold of every address and socket: what may need privileges. The error is a sentence.
    Result<void, std::string> bind();
    // From the home reactor. Opens the queue, then delivers, reports, listens. On an error nothing runs.
    Task<Result<void, std::string>> start(ServerStores stores);
    // From the home reactor. New work is refused, what runs is finished within bounds; then nothing runs, and
    // the stores are not used any more.
    Task<void> stop();

    // From the home reactor, between start() and stop(). New sessions, messages and connections go by the new
    // configuration, those that are open go on by theirs. An error leaves everything as it was. Whoever asks
    // while it runs has a turn of its own when it is done.
    Task<Result<ReloadReport, std::string>> reload() override;
    std::vector<AccountOnHold> accounts_on_hold() const override;
    bool release_account(const std::string& account) override;

    const Listeners& listeners() const { return listeners_; }

private:
    // Sessions may be accepted only once there is a queue, but listeners are bound before there is one.
    class Intakes final : public Accepting {
    public:
        void open(Queue& queue) { queue_ = &queue; }
        Task<Result<std::unique_ptr<Intake>, QueueError>> begin() override;

    private:
        Queue* queue_ = nullptr;
    };

    // What exists from start() on; in the order of need.
    struct Running {
        Running(const ServerNeeds& needs, DestinationOf destination_of, const ServerStores& stores,
                ServerControl& control);
        Queue queue;
        Dispatcher dispatcher;
        Reporter reporter;
        AdminApi api;
    };

    void emit(EventBody body);

    Task<Result<NextGeneration, std::string>> take_up();
    Task<void> adopt(std::shared_ptr<const Generation> generation, NextRules rules);
    DestinationOf destination_of() const;
    const Settings& settings() const { return needs_.generation->settings(); }

    ServerNeeds needs_;  // whose generation is the first: what needs a restart is as it says
    Live<Generation> current_;
    IdMaker session_ids_{IdKind::Session};
    Intakes intakes_;
    LoginGuard guard_;
    HeldAccountsFile held_accounts_;
    AccountLimits account_limits_;
    Listeners listeners_;
    AdminServer admin_;
    std::unique_ptr<Running> running_;
    bool is_reloading_ = false;
    Event reload_ended_;
};

}  // namespace cursus
