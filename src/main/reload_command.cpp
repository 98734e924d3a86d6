// cursus reload: the running server reads its configuration again.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"

namespace cursus {
namespace {

std::string listed(const nlohmann::json& names) {
    return fmt::format("{}", fmt::join(names.get<std::vector<std::string>>(), ", "));
}

// The socket is that of the file as it is now, and need not be the one the server was started with.
int explain(const AdminFailure& failure) {
    fmt::print(stderr, "cursus: {}\n", failure.what);
    if (failure.exit_code == EX_UNAVAILABLE)
        fmt::print(stderr,
                   "A running server listens at the socket it was started with: if [admin] socket has been "
                   "changed since, send it SIGHUP, which does the same.\n");
    if (failure.exit_code == EX_TEMPFAIL) fmt::print(stderr, "The server goes on with what it has.\n");
    return failure.exit_code;
}

int reload(const std::string& path, bool json) {
    // Also so that mistakes are shown here, and the server is not bothered.
    const auto settings = load_configuration(path);
    if (!settings) {
        fmt::print(stderr, "{}The server goes on with what it has.\n", settings.error());
        return EX_CONFIG;
    }
    const auto report = call_server(settings->admin.socket, AdminMethod::Post, "/v1/reload");
    if (!report) return explain(report.error());
    if (json) {
        fmt::print("{}\n", report->dump());
        return EX_OK;
    }
    const auto& changed = report->at("changed");
    const auto& needs_restart = report->at("needs_restart");
    if (changed.empty() && needs_restart.empty()) fmt::print("Nothing has changed; files were read again.\n");
    if (!changed.empty()) fmt::print("In force now: {}\n", listed(changed));
    if (!needs_restart.empty()) fmt::print("Needs a restart: {}\n", listed(needs_restart));
    return EX_OK;
}

}  // namespace

void add_reload(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand("reload", "Make the running server read its configuration again.");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "For programs.");
    command->callback([&common, &action, json] {
        action = [&common, json] { return reload(common.configuration, *json); };
    });
}

}  // namespace cursus
