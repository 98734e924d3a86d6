#include "queue/sites.h"

#include <utility>

#include "queue/layout.h"
#include "queue/records.h"

namespace cursus {

bool is_forgotten(const SiteState& state, const Core& core) {
    return later_by(state.next_try, core.lifetimes.usual().give_up_after) < core.wall_now();
}

Result<std::optional<SiteState>, QueueError> Sites::state(std::string_view site) const {
    if (const auto change = changes_.find(site); change != changes_.end()) return change->second->state;
    const auto bytes = core_.needs.store.get(site_key(site));
    if (!bytes) return failure(queue_error(bytes.error()));
    if (!*bytes) return std::nullopt;
    auto state = decode_site(**bytes);
    if (!state) return failure(QueueError{QueueErrorKind::Broken, state.error()});
    if (is_forgotten(*state, core_)) return std::nullopt;
    return *std::move(state);
}

Task<void> Sites::set(std::string site, std::optional<SiteState> state) {
    auto& place = changes_[site];
    if (place) {
        place->state = std::move(state);
        place->is_stale = true;
        const auto change = place;
        co_await change->ended.wait();
        co_return;
    }
    const auto change = std::make_shared<Change>();
    place = change;
    change->state = std::move(state);
    while (std::exchange(change->is_stale, false)) {
        Batch batch;
        if (change->state) {
            batch.put(site_key(site), encode(*change->state));
        } else {
            batch.erase(site_key(site));
        }
        co_await core_.committer->keep(Precedence::Settlement, std::move(batch), core_.home.executor());
    }
    changes_.erase(site);
    change->ended.set();
}

}  // namespace cursus
