// The listening of one reactor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "receive/buffer_pool.h"
#include "receive/listeners.h"
#include "receive/session.h"
#include "runtime/event.h"
#include "runtime/network.h"
#include "runtime/task_group.h"

namespace cursus {

// Its coroutines run on its reactor only.
class Listeners::Station {
public:
    Station(Reactor& reactor, const ReceiveNeeds& needs, ConnectionLimits& limits);

    // `listener`: its place in the settings. `tls`: null without.
    Result<void, std::string> bind(std::size_t listener, std::shared_ptr<CurrentTls> tls,
                                   const ServiceAddress& address);
    std::vector<Endpoint> endpoints() const;  // of what it bound, local sockets left out

    Task<void> start();
    // For connections from now on; returns at once. `tls`: of each listener, by its place.
    Task<void> adopt(std::shared_ptr<const GroundRules> rules, std::vector<std::shared_ptr<CurrentTls>> tls);
    Task<void> begin_stop();   // returns at once
    Task<void> finish_stop();  // returns when nothing runs any more

private:
    struct Door {
        std::size_t place;  // of the listener in the settings
        std::shared_ptr<CurrentTls> tls;
        ServiceAddress address;
        std::unique_ptr<Listener> listener;
    };

    // Of a local socket. Whoever is on this host may connect, as to a port: sessions give nobody more.
    static constexpr unsigned socket_mode = 0666;
    static constexpr Duration accept_pause = std::chrono::milliseconds{100};  // after an error nobody expects

    Task<void> accept_from(Door& door);
    // A connection that has come in, and who it comes from.
    struct Guest {
        SessionId id;
        std::shared_ptr<const GroundRules> rules;
        std::shared_ptr<CurrentTls> tls;  // of the same version of the configuration
        ConnectionEnds ends;
        std::unique_ptr<Stream> stream;
    };
    void receive(Door& door, std::unique_ptr<Stream> stream);
    void admit(Door& door, Guest guest);
    Task<void> hear_balancer(Door& door, Guest guest, ConnectionLimits::Place place);
    Task<void> serve(Door& door, Guest guest, ConnectionLimits::Place place);
    void turn_away(Door& door, Guest guest, std::string_view rule, const Reply& reply);
    Task<void> say_goodbye(SessionId id, std::unique_ptr<Stream> stream, bool is_plain, Reply reply);
    void emit(SessionId id, EventBody body);

    Reactor& reactor_;
    const ReceiveNeeds& needs_;
    std::shared_ptr<const GroundRules> rules_;
    ConnectionLimits& limits_;
    BufferPool buffers_;
    SessionNeeds session_needs_;
    std::vector<std::unique_ptr<Door>> doors_;
    TaskGroup accepting_, serving_, refusing_;
    std::map<SessionId, Session*> sessions_;
    Event no_sessions_;  // set while sessions_ is empty
    bool is_stopping_ = false;
    Instant stop_at_{};  // when sessions that still run are cut off
};

}  // namespace cursus
