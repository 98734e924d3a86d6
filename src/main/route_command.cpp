// cursus route: where mail for an address would go, every step of the way. Nothing is sent.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "adapters/privileges.h"
#include "adapters/real_world.h"
#include "main/command.h"
#include "main/configuration.h"
#include "main/return_paths.h"
#include "main/route_report.h"
#include "main/tables.h"
#include "route/local_routing.h"
#include "route/router.h"

namespace cursus {
namespace {

struct RouteOptions {
    std::string address, sender;
    bool json = false;
};

// Nobody listens: what a table has to tell comes back with its answer as well.
class NoEvents final : public EventSink {
public:
    void emit(MailEvent) noexcept override {}
};

int usage(std::string_view what) {
    fmt::print(stderr, "cursus: {}\n", what);
    return EX_USAGE;
}

Task<void> look_up(World& world, const Settings& settings, const Tables& tables, const LocalRouting& local,
                   ExpansionRequest request, RouteReport& report) {
    report.address = request.address.text();
    auto expansion = co_await local.expander().expand(std::move(request));
    if (!expansion) {
        report.trouble = std::move(expansion).error();
        co_return;
    }
    report.expansion = *std::move(expansion);
    const Router router(world.resolver, settings, tables);
    for (const Leaf& leaf : report.expansion.leaves) {
        RouteReport::End end;
        if (leaf.failure) {
            end.failure = leaf.failure;
        } else {
            end.destination = local.destinations().of(leaf.address, leaf.handling);
            end.route = co_await router.route(end.destination);
            if (end.destination == local_destination) end.place = co_await place_of(local, leaf);
        }
        report.ends.push_back(std::move(end));
    }
}

int route(const std::string& path, const RouteOptions& options) {
    const auto settings = load_configuration(path);
    if (!settings) {
        fmt::print(stderr, "{}", settings.error());
        return EX_CONFIG;
    }
    const auto address = Mailbox::parse(options.address);
    if (!address) return usage(fmt::format("\"{}\" is no address; write user@domain", options.address));
    ReversePath sender = NullPath{};
    if (!options.sender.empty()) {
        auto given = Mailbox::parse(options.sender);
        if (!given) return usage(fmt::format("\"{}\" is no address; write user@domain", options.sender));
        sender = *std::move(given);
    }
    RealWorldSettings world_settings;
    world_settings.content_directory = settings->data_dir;
    auto deputy = start_deputy();  // before there is a thread
    take_home_of(settings->run_as);
    const bool deputy_is_there = deputy.has_value();
    if (deputy)
        world_settings.deputy = *std::move(deputy);
    else
        world_settings.why_no_deputy = deputy.error();
    world_settings.reactors = 1;
    world_settings.dns = {settings->dns.servers, settings->dns.recursive, settings->dns.trust_anchor};
    auto real = RealWorld::make(std::move(world_settings));
    if (!real) return usage(real.error());
    World& world = (*real)->world();
    NoEvents events;
    const auto tables = open_tables(*settings, {world, events});
    if (!tables) return usage(tables.error());
    auto returns = read_return_paths(*settings, world);
    if (!returns) return usage(returns.error());
    // As the server does: what is read from now on comes from others.
    if (!settings->run_as.empty() && deputy_is_there) {
        const auto dropped = drop_privileges(settings->run_as);
        if (!dropped) return usage(dropped.error());
    }
    const LocalRouting local(world, *settings, *tables, *std::move(returns));
    RouteReport report;
    (*real)->reactors().run(look_up(world, *settings, *tables, local, {*address, sender}, report));
    if (options.json)
        fmt::print("{}\n", as_json(report).dump(2));
    else
        fmt::print("{}", as_text(report));
    return exit_code(report);
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
