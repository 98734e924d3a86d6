// The command line: one file a subcommand, each adding itself here.
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace cursus {

// What every subcommand knows, filled in by the parser before the subcommand runs.
struct CommonOptions {
    std::string configuration = "/etc/cursus/cursus.toml";
};

// Where a subcommand leaves what to do once the whole line has been parsed; its result is the exit code
// (sysexits.h).
using Action = std::function<int()>;

void add_serve(CLI::App& app, const CommonOptions& common, Action& action);
void add_check(CLI::App& app, const CommonOptions& common, Action& action);
void add_explain(CLI::App& app, const CommonOptions& common, Action& action);
void add_queue(CLI::App& app, const CommonOptions& common, Action& action);
void add_quarantine(CLI::App& app, const CommonOptions& common, Action& action);
void add_route(CLI::App& app, const CommonOptions& common, Action& action);
void add_user_holds(CLI::App& user, const CommonOptions& common, Action& action);  // below `user`
void add_reload(CLI::App& app, const CommonOptions& common, Action& action);
void add_trace(CLI::App& app, const CommonOptions& common, Action& action);
void add_user(CLI::App& app, const CommonOptions& common, Action& action);
void add_verify(CLI::App& app, const CommonOptions& common, Action& action);

}  // namespace cursus
