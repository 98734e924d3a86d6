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
      addresses_(needs.settings),
      limits_(needs.settings.limits.connections, needs.settings.limits.connections_per_client) {}

Listeners::~Listeners() = default;

Result<std::shared_ptr<TlsContext>, std::string> Listeners::read_certificate() const {
    const TlsSettings& tls = needs_.settings.tls;
    TlsServerSettings settings;
    settings.certificate_chain = tls.certificate;
    settings.private_key = tls.key;
    settings.client_ca = tls.client_ca;
    return needs_.world.tls.server(settings);
}

Result<void, std::string> Listeners::bind() {
    std::shared_ptr<TlsContext> tls;
    const std::shared_ptr<TlsContext> no_tls;
    for (const ListenerSettings& listener : needs_.settings.listeners) {
        if (listener.tls == ListenerTls::None || tls) continue;
        auto context = read_certificate();
        if (!context) return failure(fmt::format("listener \"{}\": {}", listener.name, context.error()));
        tls = *std::move(context);
    }
    for (Reactor* const reactor : needs_.world.reactors) {
        auto station = std::make_unique<Station>(*reactor, needs_, relay_, local_, addresses_, limits_);
        // A port that the system chose for the first reactor is the port of them all. A local socket belongs
        // to the first reactor alone.
        const auto chosen = stations_.empty() ? std::vector<Endpoint>() : stations_.front()->endpoints();
        std::span<const Endpoint> rest(chosen);
        for (const ListenerSettings& listener : needs_.settings.listeners) {
            const auto& context = listener.tls == ListenerTls::None ? no_tls : tls;
            for (ServiceAddress address : listener.addresses) {
                const bool is_local = std::holds_alternative<LocalSocket>(address);
                if (!stations_.empty() && is_local) continue;
                if (!stations_.empty()) {
                    address = rest.front();
                    rest = rest.subspan(1);
                }
                TRY_VOID(station->bind(listener, context, address));
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
