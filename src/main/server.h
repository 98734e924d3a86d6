// The program without its world: the stages, wired together. `cursus serve` runs it in the real world, the
// simulation in its own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/account_limits.h"
#include "accounts/held_accounts_file.h"
#include "accounts/login_guard.h"
#include "admin/server.h"
#include "base/id.h"
#include "config/settings.h"
#include "deliver/dispatcher.h"
#include "journal/metrics.h"
#include "mail/events.h"
#include "policy/sender_rights.h"
#include "queue/queue.h"
#include "receive/listeners.h"
#include "report/reporter.h"
#include "route/local_routing.h"
#include "runtime/archive.h"
#include "runtime/reactor.h"
#include "runtime/store.h"
#include "runtime/table.h"

namespace cursus {

// Everything outlives the server.
struct ServerNeeds {
    World& world;
    const Settings& settings;
    EventSink& events;
    Tables tables = {};
    ReturnPaths returns = {};                // forwarded mail keeps its sender
    Authenticator* authenticator = nullptr;  // nobody can log in
};

// What is opened once privileges are dropped.
struct ServerStores {
    Store& store;
    const Archive& archive;
    const MetricsReader& metrics;
};

class Server {
public:
    explicit Server(ServerNeeds needs);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Takes hold of every address and socket: what may need privileges. The error is a sentence.
    Result<void, std::string> bind();
    // From the home reactor. Opens the queue, then delivers, reports, listens. On an error nothing runs.
    Task<Result<void, std::string>> start(ServerStores stores);
    // From the home reactor. New work is refused, what runs is finished within bounds; then nothing runs, and
    // the stores are not used any more.
    Task<void> stop();

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
        Running(const ServerNeeds& needs, const LocalRouting& local, const ServerStores& stores);
        Queue queue;
        Dispatcher dispatcher;
        Reporter reporter;
        AdminApi api;
    };

    void emit(EventBody body);

    ServerNeeds needs_;
    IdMaker session_ids_{IdKind::Session};
    Intakes intakes_;
    LocalRouting local_;
    LoginGuard guard_;
    HeldAccountsFile held_accounts_;
    AccountLimits account_limits_;
    SenderRights senders_;
    Access access_;
    Listeners listeners_;
    AdminServer admin_;
    std::unique_ptr<Running> running_;
};

}  // namespace cursus
