#include "main/open_generation.h"

#include <utility>

#include "adapters/country_file.h"
#include "config/reload.h"
#include "main/accounts.h"
#include "main/check_tables.h"
#include "main/configuration.h"
#include "main/return_paths.h"
#include "main/tables.h"
#include "runtime/offload.h"

namespace cursus {

namespace {

std::vector<AdvisorAddress> advisors_of(const Settings& settings) {
    std::vector<AdvisorAddress> advisors;
    for (const auto& rule : settings.rules)
        if (rule.ask) advisors.push_back(*rule.ask);
    return advisors;
}

Result<NextGeneration, std::string> read_next(World& world, EventSink& events, Memories& memories,
                                              const std::string& path, const Settings& running) {
    TRY(settings, load_configuration(path));
    TakenOver taken = take_over(running, std::move(settings));
    TRY(generation, open_generation(world, events, memories, std::move(taken.settings)));
    return NextGeneration{std::move(generation), std::move(taken.changed), std::move(taken.needs_restart)};
}

Task<Result<NextGeneration, std::string>> read_next_elsewhere(World& world, EventSink& events,
                                                              Memories& memories, std::string path,
                                                              std::shared_ptr<const Generation> running) {
    const auto read = [&] { return read_next(world, events, memories, path, running->settings()); };
    co_return co_await offload(world.offload, read);
}

}  // namespace

Result<std::shared_ptr<const Generation>, std::string> open_generation(World& world, EventSink& events,
                                                                       Memories& memories,
                                                                       Settings settings) {
    auto kept = std::make_unique<const Settings>(std::move(settings));
    GenerationParts parts;
    TRY(tables, open_tables(*kept, {world, events}));
    parts.tables = std::move(tables);
    const WallTime now = world.reactors.front()->clock().wall_now();
    for (auto& trouble : table_troubles(*kept, world.files))
        events.emit({now, {}, {}, Trouble{"table", std::move(trouble)}});
    TRY(returns, read_return_paths(*kept, world));
    parts.returns = std::move(returns);
    TRY(accounts, open_accounts(*kept, parts.tables, {world, events}));
    parts.authenticator = std::move(accounts);
    if (!kept->auth.countries.empty()) {
        TRY(countries, open_country_file(kept->auth.countries));
        parts.countries = std::move(countries);
    }
    TRY(advisors, Advisors::open(world, advisors_of(*kept), kept->advisors));
    parts.advisors = std::move(advisors);
    auto made = std::make_unique<const Generation>(world, memories, std::move(kept), std::move(parts));
    return std::shared_ptr<const Generation>(
        made.release(), [&world](const Generation* old) { world.offload.run([old] { delete old; }); });
}

ReadAgain reading_again(World& world, EventSink& events, Memories& memories, std::string path) {
    return [&world, &events, &memories, path = std::move(path)](std::shared_ptr<const Generation> running) {
        return read_next_elsewhere(world, events, memories, path, std::move(running));
    };
}

}  // namespace cursus
