#include "receive/listeners.h"

#include <span>

#include <fmt/format.h>

#include "receive/station.h"
#include "runtime/task_group.h"

namespace cursus {

Listeners::Listeners(ReceiveNeeds needs)
    : needs_(needs),
      relay_(needs.settings),
      local_(needs.local),
      accepted_certificates_(needs.settings.tls),
      certificates_(needs.world, needs.events),
      addresses_(needs.settings),
      limits_(needs.settings.limits.connections, needs.settings.limits.connections_per_client) {}

Listeners::~Listeners() = default;

Result<void, std::string> Listeners::bind() {
    for (const ListenerSettings& listener : needs_.settings.listeners) {
    }
    TRY_VOID(certificates_.read(needs_.settings));
    for (Reactor* const reactor : needs_.world.reactors) {
        auto station = std::make_unique<Station>(
            *reactor, needs_, Shared{relay_, local_, accepted_certificates_, addresses_, limits_});
        // A port that the system chose for the first reactor is the port of them all. A local socket belongs
        // to the first reactor alone.
        const auto chosen = stations_.empty() ? std::vector<Endpoint>() : stations_.front()->endpoints();
        std::span<const Endpoint> rest(chosen);
        for (std::size_t i = 0; i < needs_.settings.listeners.size(); ++i) {
            const ListenerSettings& listener = needs_.settings.listeners[i];
            for (ServiceAddress address : listener.addresses) {
                const bool is_local = std::holds_alternative<LocalSocket>(address);
                if (!stations_.empty() && is_local) continue;
                if (!stations_.empty()) {
                    address = rest.front();
                    rest = rest.subspan(1);
                }
                TRY_VOID(station->bind(listener, certificates_.of(i), address));
            }
        }
        stations_.push_back(std::move(station));
    }
    return {};
}

Task<void> Listeners::on_each(Task<void> (Station::*act)()) {
    for (std::size_t i = 0; i < stations_.size(); ++i) {
        co_await run_on(needs_.world.reactors[i]->executor(), ((*stations_[i]).*act)());
    }
}

Task<void> Listeners::start() {
    certificates_.tell();
    co_await on_each(&Station::start);
}

Task<void> Listeners::stop() {
    co_await on_each(&Station::begin_stop);  // everywhere, before any of them is waited for
    co_await on_each(&Station::finish_stop);
}

std::vector<Endpoint> Listeners::endpoints() const {
    return stations_.front()->endpoints();
}

}  // namespace cursus
