// One run of the whole program in the simulated world.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "journal/metrics.h"
#include "main/server.h"
#include "runtime/archive.h"
#include "sim/world.h"

namespace cursus {

class Program {
public:
    Program(SimWorld& sim, const Settings& settings, EventSink& events, Tables tables)
        : sim_(sim),
          memories_(sim.world(), events, settings),
          server_(
              {sim.world(), events, memories_, generation_of(sim, memories_, settings, std::move(tables))}) {}

    // Both run the world meanwhile, and throw Killed if the program is killed before they are done.
    bool start();  // false: its store is in trouble, and nothing runs
    void stop();

private:
    // The scenarios look at events themselves, so that nothing needs to be archived.
    class NoArchive : public Archive {
    public:
        Result<void, StoreError> append(std::vector<Entry>) override { return {}; }
        Result<std::vector<Entry>, StoreError> scan(std::string_view, std::string_view,
                                                    std::size_t) const override {
            return std::vector<Entry>();
        }
    };

    static std::shared_ptr<const Generation> generation_of(SimWorld& sim, Memories& memories,
                                                           const Settings& settings, Tables tables) {
        GenerationParts parts;
        parts.tables = std::move(tables);
        return std::make_shared<Generation>(sim.world(), memories, std::make_unique<const Settings>(settings),
                                            std::move(parts));
    }

    SimWorld& sim_;
    NoArchive archive_;
    MetricsReader metrics_;
    Memories memories_;
    Server server_;
};

}  // namespace cursus
