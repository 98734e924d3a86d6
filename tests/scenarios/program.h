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

// The settings outlive it.
class Program {
public:
    Program(SimWorld& sim, const Settings& settings, EventSink& events, Tables tables)
        : sim_(sim),
          settings_(settings),
          tables_(std::move(tables)),
          memories_(sim.world(), events, settings),
          server_({sim.world(), events, memories_, next_generation(),
                   [this](auto running) { return read_again(std::move(running)); }}) {}

    // Both run the world meanwhile, and throw Killed if the program is killed before they are done.
    bool start();  // false: its store is in trouble, and nothing runs
    void stop();
    // The configuration is read again, and says what it said.
    void reload();
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

    std::shared_ptr<const Generation> next_generation() {
        GenerationParts parts;
        parts.tables = tables_;
        return std::make_shared<Generation>(sim_.world(), memories_,
                                            std::make_unique<const Settings>(settings_), std::move(parts));
    }

    Task<Result<NextGeneration, std::string>> read_again(std::shared_ptr<const Generation> running);
    Task<void> tell_all(std::string word, bool& is_done);

    SimWorld& sim_;
    const Settings& settings_;
    const Tables tables_;
    NoArchive archive_;
    MetricsReader metrics_;
    Memories memories_;
    Server server_;
};

}  // namespace cursus
