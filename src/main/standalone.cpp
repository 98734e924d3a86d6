#include "main/standalone.h"

#include <fmt/format.h>
#include <sysexits.h>

#include "adapters/privileges.h"
#include "main/configuration.h"
#include "main/return_paths.h"
#include "main/tables.h"

namespace cursus {

namespace {

CommandTrouble unusable(std::string what) {
    return {EX_USAGE, fmt::format("cursus: {}\n", what)};
}

}  // namespace

int report(const CommandTrouble& failure) {
    fmt::print(stderr, "{}", failure.what);
    return failure.exit_code;
}

Result<std::unique_ptr<Standalone>, CommandTrouble> Standalone::open(const std::string& configuration) {
    auto settings = load_configuration(configuration);
    if (!settings) return failure(CommandTrouble{EX_CONFIG, std::move(settings).error()});
    TRY(opened, open_world(*settings));
    return std::unique_ptr<Standalone>(new Standalone(*std::move(settings), std::move(opened)));
}

Result<Standalone::Opened, CommandTrouble> Standalone::open_world(const Settings& settings) {
    RealWorldSettings world_settings;
    world_settings.content_directory = settings.data_dir;
    auto deputy = start_deputy();  // before there is a thread
    take_home_of(settings.run_as);
    const bool deputy_is_there = deputy.has_value();
    if (deputy)
        world_settings.deputy = *std::move(deputy);
    else
        world_settings.why_no_deputy = deputy.error();
    world_settings.reactors = 1;
    world_settings.dns = {settings.dns.servers, settings.dns.recursive, settings.dns.trust_anchor};
    auto real = RealWorld::make(std::move(world_settings));
    if (!real) return failure(unusable(real.error()));
    World& world = (*real)->world();
    auto events = std::make_unique<NoEvents>();
    auto tables = open_tables(settings, {world, *events});
    if (!tables) return failure(unusable(tables.error()));
    auto returns = read_return_paths(settings, world);
    if (!returns) return failure(unusable(returns.error()));
    // As the server does: what is read from now on comes from others.
    if (!settings.run_as.empty() && deputy_is_there) {
        const auto dropped = drop_privileges(settings.run_as);
        if (!dropped) return failure(unusable(dropped.error()));
    }
    return Opened{*std::move(real), std::move(events), *std::move(tables), *std::move(returns)};
}

Standalone::Standalone(Settings settings, Opened opened)
    : settings_(std::move(settings)),
      real_(std::move(opened.real)),
      events_(std::move(opened.events)),
      tables_(std::move(opened.tables)),
      local_(real_->world(), settings_, tables_, std::move(opened.returns)),
      router_(real_->world().resolver, settings_, tables_) {}

}  // namespace cursus
