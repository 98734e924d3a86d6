// Delivery in the simulated world: the real queue over the simulated store, scripted servers, and mail on its
// way.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "deliver/dispatcher.h"
#include "queue/tests/queue_world.h"
#include "route/destinations.h"
#include "sim/peers/smtp_sink.h"

namespace cursus {

using namespace std::chrono_literals;

class DeliveryWorld : public testing::Test {
protected:
    explicit DeliveryWorld(SimOptions options = {}) : world(1, std::move(options)) {
        world.settings.hostname = *Domain::parse("relay.example");
        world.settings.domains.local = {*Domain::parse("rome.example")};
        world.settings.local.mailbox = "maildir:/mail/{domain}/{local_part}";
        world.settings.local.users = "any";
    }
    void TearDown() override {
        if (dispatcher) stop();
    }

    void start() {
        world.destination_of = make_destination_of(world.settings);
        world.open();
        local = std::make_unique<LocalRouting>(world.sim.world(), world.settings, tables);
        dispatcher = std::make_unique<Dispatcher>(
            DeliverNeeds{world.sim.world(), *world.queue, world.events, ways(world.settings)});
        dispatcher->start();
    }
    // The settings outlive the dispatcher.
    std::shared_ptr<const Ways> ways(const Settings& settings) {
        return std::make_shared<Ways>(settings, *local, tables,
                                      set_up_tls_clients(world.sim.world().tls, settings));
    }
    void stop() {
        world.sim.run(dispatcher->stop());
        world.sim.run(world.queue->stop());
        world.sim.run(dispatcher->join());
        dispatcher.reset();
        world.close();
    }

    // A host that serves SMTP at port 25; asked for again, the same one, which behaves like this from now on.
    SmtpSink& sink(const std::string& address, SinkBehaviour behaviour = {}) {
        auto& made = sinks_[address];
        if (made) {
            made->behaviour() = std::move(behaviour);
            return *made;
        }
        made = std::make_unique<SmtpSink>(world.sim.machine(address),
                                          Endpoint{*IpAddress::parse(address), 25}, "mx.sink.example",
                                          std::move(behaviour), sinks_.size(), world.sim.tls());
        return *made;
    }
    // A domain with MX hosts mx1.DOMAIN, mx2.DOMAIN, ... of falling preference at these addresses.
    void domain(const std::string& name, const std::vector<std::string>& addresses) {
        std::vector<std::pair<int, std::string>> hosts;
        for (const std::string& address : addresses) {
            const std::string host = "mx" + std::to_string(hosts.size() + 1) + "." + name;
            world.sim.dns().address(host, {address});
            hosts.emplace_back(10 * (static_cast<int>(hosts.size()) + 1), host);
        }
        world.sim.dns().mx(name, hosts);
    }
    static SinkTrouble says(SinkStage stage, std::string reply, Window window = {}) {
        return {stage, SinkAction::Reply, std::move(reply), window, 1};
    }
    Window first(Duration time) { return {Instant::min(), world.sim.now() + time}; }
    bool until(const std::function<bool()>& condition, Duration limit = 24h) {
        return world.sim.run_until(condition, limit);
    }
    bool delivered(std::size_t recipients, Duration limit = 24h) {
        return until([&] { return world.events.count<Delivered>() == recipients; }, limit);
    }
    bool bounced(std::size_t recipients, Duration limit = 24h) {
        return until([&] { return world.events.count<Bounced>() == recipients; }, limit);
    }
    std::string file(const std::string& path) {
        auto opened = world.sim.files().open(path, OpenMode::Read, 0);
        if (!opened) return "cannot be read";
        std::string text(static_cast<std::size_t>((*opened)->size().value_or(0)), '\0');
        (void)(*opened)->read_at(0, text);
        return text;
    }
    std::vector<std::string> files_in(const std::string& directory) {
        return world.sim.files().list(directory).value_or(std::vector<std::string>{});
    }

    QueueWorld world;
    Tables tables;
    std::unique_ptr<LocalRouting> local;
    std::unique_ptr<Dispatcher> dispatcher;

private:
    std::map<std::string, std::unique_ptr<SmtpSink>> sinks_;
};

}  // namespace cursus
