#include "receive/listeners.h"

#include <span>
#include <utility>

#include <fmt/format.h>

#include "receive/station.h"
#include "runtime/task_group.h"

namespace cursus {

Listeners::Listeners(ReceiveNeeds needs)
    : needs_(std::move(needs)),
      certificates_(needs_.world, needs_.events),
      limits_(needs_.rules->settings.limits.connections,
              needs_.rules->settings.limits.connections_per_client) {}

Listeners::~Listeners() = default;

Result<void, std::string> Listeners::bind() {
    const Settings& settings = needs_.rules->settings;
    TRY_VOID(certificates_.read(settings));
    for (Reactor* const reactor : needs_.world.reactors) {
        auto station = std::make_unique<Station>(*reactor, needs_, limits_);
        // A port that the system chose for the first reactor is the port of them all. A local socket belongs
        // to the first reactor alone.
        const auto chosen = stations_.empty() ? std::vector<Endpoint>() : stations_.front()->endpoints();
        std::span<const Endpoint> rest(chosen);
        for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
            for (ServiceAddress address : settings.listeners[i].addresses) {
                const bool is_local = std::holds_alternative<LocalSocket>(address);
                if (!stations_.empty() && is_local) continue;
                if (!stations_.empty()) {
                    address = rest.front();
                    rest = rest.subspan(1);
                }
                TRY_VOID(station->bind(i, certificates_.of(i), address));
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

Task<Result<NextRules, std::string>> Listeners::prepare(std::shared_ptr<const GroundRules> rules) {
    CO_TRY(certificates, co_await certificates_.prepare(rules->settings));
    co_return NextRules{std::move(rules), std::move(certificates)};
}

Task<void> Listeners::adopt(NextRules next) {
    const std::size_t count = next.certificates.size();
    certificates_.adopt(std::move(next.certificates));
    std::vector<std::shared_ptr<CurrentTls>> tls;
    for (std::size_t i = 0; i < count; ++i) tls.push_back(certificates_.of(i));
    for (std::size_t i = 0; i < stations_.size(); ++i)
        co_await run_on(needs_.world.reactors[i]->executor(), stations_[i]->adopt(next.rules, tls));
}

Task<void> Listeners::stop() {
    co_await on_each(&Station::begin_stop);  // everywhere, before any of them is waited for
    co_await on_each(&Station::finish_stop);
}

std::vector<Endpoint> Listeners::endpoints() const {
    return stations_.front()->endpoints();
}

}  // namespace cursus
