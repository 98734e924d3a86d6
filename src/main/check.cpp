// cursus check: what is wrong with the configuration, and by which paths mail is relayed.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>

#include "adapters/network_edges.h"
#include "config/parse.h"
#include "mail/mailbox.h"
#include "main/check_files.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/listener_report.h"
#include "main/text_table.h"
#include "policy/relay_warnings.h"

namespace cursus {
namespace {

template <class T>
std::string listed(const std::vector<T>& values) {
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(value.text());
    return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<std::string> own_literals(const Settings& settings) {
    std::vector<std::string> literals;
    for (const auto& listener : settings.listeners)
        for (const auto& address : listener.addresses) {
            const auto* endpoint = std::get_if<Endpoint>(&address);
            if (endpoint != nullptr && !endpoint->address.is_unspecified())
                literals.push_back(host_text(endpoint->address));
        }
    return literals;
}

void add_trusted(const ListenerSettings& listener, const Settings& settings, TextTable& table) {
    const std::string where = fmt::format("[[listener]] \"{}\"", listener.name);
    if (listener.auth) table.add({"whoever logs in", "any domain", where});
    const bool counts = !settings.tls.client_ca.empty() || !settings.tls.client_fingerprints.empty();
    if (counts && listener.client_certificates != ClientCertificates::None)
        table.add({"certificates of [tls]", "any domain", where});
    for (const auto& [key, networks] :
         {std::pair{"proxies", &listener.proxies}, std::pair{"xclient", &listener.xclient}})
        if (!networks->empty())
            table.add({"whom " + listed(*networks) + " speaks for", "as that client", where + ' ' + key});
}

// By these a message goes where its sender did not send it.
void add_senders_elsewhere(const RuleSettings& rule, TextTable& table) {
    const std::string where = fmt::format("[[rule]] \"{}\"", rule.name);
    if (rule.copy_to) table.add({"whose mail it matches", "a copy to " + rule.copy_to->text(), where});
    if (rule.ask) table.add({"whose mail it matches", "where that program sends it", where});
}

NetworkEdges edges_of_this_machine() {
    NetworkEdges network;
    for (auto& [address, what] : network_edges()) network.edges.push_back({address, std::move(what)});
    return network;
}

// Every way by which a message may come in and go out: there are no others (policy/relay.h).
std::string relay_paths(const Settings& settings) {
    TextTable table({{"from"}, {"to"}, {"by"}});
    table.add({"anyone", listed(settings.domains.local), "[domains] local"});
    table.add({"anyone", "postmaster@" + settings.hostname->text(), "RFC 5321"});
    if (const auto own = own_literals(settings); !own.empty())
        table.add({"anyone", fmt::format("{}", fmt::join(own, ", ")), "[[listener]] address"});
    table.add({"anyone", listed(settings.domains.relay), "[domains] relay"});
    table.add({listed(settings.relay.hosts), "any domain", "[relay] hosts"});
    for (const auto& listener : settings.listeners) add_trusted(listener, settings, table);
    for (const auto& rule : settings.rules) add_senders_elsewhere(rule, table);
    if (!settings.scan.milters.empty())
        table.add({"what milters let pass", "whom they add", "[scan] milters"});
    return table.text();
}

// As they are asked: the default ones stand around the operator's own.
int print_rules(const std::string& path) {
    const auto settings = load_configuration(path);
    if (!settings) {
        fmt::print(stderr, "{}", settings.error());
        return EX_CONFIG;
    }
    TextTable table({{"at"}, {"rule"}, {"does"}, {"stands"}});
    for (const RuleSettings& rule : settings->rules) {
        const bool is_own = rule.origin == RuleOrigin::File;
        table.add({std::string(name(rule.at)), rule.name, std::string(name(rule.action)),
                   is_own ? fmt::format("{}:{}", path, rule.line) : std::string("by default")});
    }
    fmt::print("{}", table.text());
    return EX_OK;
}

int check(const std::string& path) {
    const auto settings = load_configuration(path);
    if (!settings) {
        fmt::print(stderr, "{}", settings.error());
        return EX_CONFIG;
    }
    fmt::print("{} is in order.\n\nMail is taken\n{}", path, relay_paths(*settings));
    fmt::print("\nListeners\n{}", listener_report(*settings));
    if (settings->run_as.empty()) fmt::print("\nrun_as is not set: started as root, it stays root.\n");
    for (const std::string& warning : relay_warnings(*settings, edges_of_this_machine()))
        fmt::print("\nWarning: {}\n", warning);
    for (const std::string& warning : file_warnings(*settings)) fmt::print("\nWarning: {}\n", warning);
    fmt::print("\nMailboxes of system users, forward files and commands need a start as root.\n");
    return EX_OK;
}

}  // namespace

void add_check(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand(
        "check", "Check the configuration file and list every path by which mail is relayed.");
    struct Options {
        bool shows_keys = false, shows_rules = false;
    };
    auto options = std::make_shared<Options>();
    command->add_flag("--keys", options->shows_keys, "Print every key with its default and meaning instead.");
    command->add_flag("--rules", options->shows_rules,
                      "Print the rules as they are asked, the default ones too.");
    command->callback([&common, &action, options] {
        action = [&common, options] {
            if (options->shows_rules) return print_rules(common.configuration);
            if (!options->shows_keys) return check(common.configuration);
            fmt::print("{}", manual());
            return EX_OK;
        };
    });
}

}  // namespace cursus
