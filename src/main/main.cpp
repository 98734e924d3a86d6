#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "main/command.h"
#include "main/version.h"

int main(int argc, char** argv) {
    CLI::App app{"Cursus, a mail transfer agent."};
    app.set_version_flag("--version", std::string("cursus ") + std::string(cursus::version));
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    cursus::CommonOptions common;
    app.add_option("-c,--config", common.configuration, "The configuration file.")->capture_default_str();
    app.fallthrough();  // so that --config may follow the subcommand
    cursus::Action action;
    cursus::add_serve(app, common, action);
    cursus::add_check(app, common, action);
    cursus::add_explain(app, common, action);
    cursus::add_queue(app, common, action);
    cursus::add_quarantine(app, common, action);
    cursus::add_route(app, common, action);
    cursus::add_reload(app, common, action);
    cursus::add_trace(app, common, action);
    cursus::add_user(app, common, action);
    cursus::add_verify(app, common, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? EX_OK : EX_USAGE;
    }
    return action();
}
