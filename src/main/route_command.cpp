// cursus route: where mail for an address would go, every step of the way. Nothing is sent.
#include <fmt/format.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "main/command.h"
#include "main/route_report.h"
#include "main/standalone.h"

namespace cursus {
namespace {

struct RouteOptions {
    std::string address, sender;
    bool json = false;
};

int usage(std::string_view what) {
    fmt::print(stderr, "cursus: {}\n", what);
    return EX_USAGE;
}

Task<void> look_up(Standalone& here, ExpansionRequest request, RouteReport& report) {
    const LocalRouting& local = here.local();
    report.address = request.address.text();
    auto expansion = co_await local.expander().expand(std::move(request));
    if (!expansion) {
        report.trouble = std::move(expansion).error();
        co_return;
    }
    report.expansion = *std::move(expansion);
    for (const Leaf& leaf : report.expansion.leaves) {
        RouteReport::End end;
        if (leaf.failure) {
            end.failure = leaf.failure;
        } else {
            end.destination = local.destinations().of(leaf.address, leaf.handling);
            end.route = co_await here.router().route(end.destination);
            if (end.destination == local_destination) end.place = co_await place_of(local, leaf);
        }
        report.ends.push_back(std::move(end));
    }
}

int route(const std::string& path, const RouteOptions& options) {
    const auto address = Mailbox::parse(options.address);
    if (!address) return usage(fmt::format("\"{}\" is no address; write user@domain", options.address));
    ReversePath sender = NullPath{};
    if (!options.sender.empty()) {
        auto given = Mailbox::parse(options.sender);
        if (!given) return usage(fmt::format("\"{}\" is no address; write user@domain", options.sender));
        sender = *std::move(given);
    }
    const auto here = Standalone::open(path);
    if (!here) return report(here.error());
    RouteReport found;
    (*here)->run(look_up(**here, {*address, sender}, found));
    if (options.json)
        fmt::print("{}\n", as_json(found).dump(2));
    else
        fmt::print("{}", as_text(found));
    return exit_code(found);
}

}  // namespace

void add_route(CLI::App& app, const CommonOptions& common, Action& action) {
    auto* command = app.add_subcommand("route", "Show where mail for an address would go, step by step.");
    auto options = std::make_shared<RouteOptions>();
    command->add_option("address", options->address, "The recipient: user@domain.")->required();
    command->add_option("--sender", options->sender,
                        "The envelope's sender; the default is the null sender.");
    command->add_flag("--json", options->json, "For programs.");
    command->callback([&common, &action, options] {
        action = [&common, options] { return route(common.configuration, *options); };
    });
}

}  // namespace cursus
