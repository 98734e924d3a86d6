// The trouble of sites, kept through restarts. Home reactor only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "queue/core.h"
#include "runtime/event.h"

namespace cursus {

// Whether nothing has been sent there for so long that its trouble says nothing any more: all mail that was
// waiting for it has been given up since.
bool is_forgotten(const SiteState& state, const Core& core);

class Sites {
public:
    explicit Sites(Core& core) : core_(core) {}

    Result<std::optional<SiteState>, QueueError> state(std::string_view site) const;
    // Returns once this state, or a later one, is kept, or the queue stopped first.
    Task<void> set(std::string site, std::optional<SiteState> state);

private:
    // The states of one site are written one after another: one batch must not both put and erase its key.
    struct Change {
        std::optional<SiteState> state;
        bool is_stale = true;  // what is being written is not `state`
        Event ended;
    };

    Core& core_;
    std::map<std::string, std::shared_ptr<Change>, std::less<>> changes_;  // under way
};

}  // namespace cursus
