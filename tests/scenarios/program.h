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
          socket_(settings.admin.socket),
          memories_(sim.world(), events, settings),
          server_(
              {sim.world(), events, memories_, generation_of(sim, memories_, settings, std::move(tables))}) {}

    // Both run the world meanwhile, and throw Killed if the program is killed before they are done.
    bool start();  // false: its store is in trouble, and nothing runs
    void stop();
    // Says it on the control socket, a page after the other: "hold?domain=b.example&why=x". The same goes for
    // it. False: it may not have been done for all of them.
    bool tell(const std::string& word);

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

    Task<void> tell_all(std::string word, bool& is_done);

    SimWorld& sim_;
    const std::string socket_;
    NoArchive archive_;
    MetricsReader metrics_;
    Memories memories_;
    Server server_;
};

}  // namespace cursus
