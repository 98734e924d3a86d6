// What a command looks things up with that needs no running server: the configuration and its tables, in a
// world of its own.
#pragma once

#include <memory>
#include <string>

#include "adapters/real_world.h"
#include "base/result.h"
#include "mail/events.h"
#include "route/local_routing.h"
#include "route/router.h"

namespace cursus {

struct CommandTrouble {
    int exit_code;  // sysexits.h
    std::string what;
};
int report(const CommandTrouble& failure);  // on standard error; the exit code

class Standalone {
public:
    // Reads the file at `configuration` and, as root, becomes its user as the server would.
    static Result<std::unique_ptr<Standalone>, CommandTrouble> open(const std::string& configuration);

    const Settings& settings() const { return settings_; }
    World& world() { return real_->world(); }
    Reactor& reactor() { return *world().reactors.front(); }  // the only one
    const Tables& tables() const { return tables_; }
    const LocalRouting& local() const { return local_; }
    const Router& router() const { return router_; }

    void run(Task<void> task) { real_->reactors().run(std::move(task)); }

private:
    // Nobody listens: what a table has to tell comes back with its answer as well.
    class NoEvents final : public EventSink {
    public:
        void emit(MailEvent) noexcept override {}
    };
    struct Opened {
        std::unique_ptr<RealWorld> real;
        std::unique_ptr<NoEvents> events;
        Tables tables;
        ReturnPaths returns;
    };
    static Result<Opened, CommandTrouble> open_world(const Settings& settings);

    Standalone(Settings settings, Opened opened);

    const Settings settings_;
    std::unique_ptr<RealWorld> real_;
    std::unique_ptr<NoEvents> events_;
    const Tables tables_;
    const LocalRouting local_;
    const Router router_;
};

}  // namespace cursus
