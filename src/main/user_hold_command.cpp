// cursus user held, and release: accounts that sent too much.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "http/percent.h"
#include "main/admin_client.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/text_table.h"

namespace cursus {
namespace {

using AdminReply = Result<nlohmann::json, AdminFailure>;

AdminReply ask(const std::string& path, AdminMethod method, std::string target) {
    const auto settings = load_configuration(path);
    if (!settings) return failure(AdminFailure{EX_CONFIG, settings.error()});
    return call_server(settings->admin.socket, method, std::move(target));
}

int list_held(const std::string& path, bool json) {
    const AdminReply answer = ask(path, AdminMethod::Get, "/v1/accounts/held");
    if (!answer) return print_failure(answer.error());
    const auto& accounts = answer->at("accounts");
    if (json) {
        fmt::print("{}\n", accounts.dump(2));
        return EX_OK;
    }
    TextTable table({{"account"}, {"since"}, {"why"}});
    for (const auto& held : accounts) table.add({held.at("account"), held.at("since"), held.at("why")});
    fmt::print("{}", accounts.empty() ? "No account is on hold.\n" : table.text());
    return EX_OK;
}

int release(const std::string& path, const std::string& account) {
    const AdminReply answer =
        ask(path, AdminMethod::Post, "/v1/accounts/release?account=" + percent_encoded(account));
    if (!answer) return print_failure(answer.error());
    fmt::print("{} may send again.\n", account);
    return EX_OK;
}

}  // namespace

void add_user_holds(CLI::App& user, const CommonOptions& common, Action& action) {
    auto* held = user.add_subcommand("held", "List the accounts that are on hold, and why.");
    auto json = std::make_shared<bool>(false);
    held->add_flag("--json", *json, "For programs.");
    held->callback([&common, &action, json] {
        action = [&common, json] { return list_held(common.configuration, *json); };
    });
    auto* released = user.add_subcommand("release", "Let an account that is on hold send again.");
    auto name = std::make_shared<std::string>();
    released->add_option("name", *name, "The account.")->required();
    released->callback([&common, &action, name] {
        action = [&common, name] { return release(common.configuration, *name); };
    });
}

}  // namespace cursus
