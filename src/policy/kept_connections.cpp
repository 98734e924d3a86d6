#include "policy/kept_connections.h"

#include <algorithm>
#include <utility>

namespace cursus {

void KeptConnections::keep(PolicyConnection connection) {
    const Instant now = clock_.now();
    if (kept_.size() >= kept_connections_max || now - connection.made >= kept_age_max) return;
    kept_.push_back({std::move(connection), now + kept_idle_max});
    if (!has_timer_) set_timer(kept_.front().until);
}

std::optional<PolicyConnection> KeptConnections::take(std::string_view instance) {
    const auto is_of_instance = [instance](const Kept& kept) { return kept.connection.instance == instance; };
    while (!kept_.empty()) {
        auto chosen = std::ranges::find_if(kept_, is_of_instance);
        if (chosen == kept_.end()) chosen = std::prev(kept_.end());
        PolicyConnection connection = std::move(chosen->connection);
        kept_.erase(chosen);
        if (!connection.stream->may_be_readable()) return connection;
    }
    return std::nullopt;
}

void KeptConnections::prune() {
    has_timer_ = false;
    std::erase_if(kept_, [now = clock_.now()](const Kept& kept) { return kept.until <= now; });
    if (!kept_.empty()) set_timer(kept_.front().until);
}

// The timer outlives the connections where their end comes first.
void KeptConnections::set_timer(Instant when) {
    has_timer_ = true;
    clock_.call_at(when, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->prune();
    });
}

}  // namespace cursus
