// The simulated network: which machine has which address, who listens where, and every connection.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/network.h"
#include "sim/connection.h"
#include "sim/sim_clock.h"

namespace cursus {

class SimListener;

// Somebody tried to connect.
struct ConnectAttempt {
    Instant at{};
    const Process* by;
    Endpoint to;
};

class Fabric {
public:
    // Connections that wait to be accepted; more are refused.
    static constexpr std::size_t backlog_max = 128;
    // The system gives up sooner than a patient caller, as Linux does with its default of six
    // retransmissions.
    static constexpr Duration connect_timeout = std::chrono::seconds{127};

    Fabric(Scheduler& scheduler, std::uint64_t seed);
    Fabric(const Fabric&) = delete;
    Fabric& operator=(const Fabric&) = delete;

    FaultPlan& faults() { return medium_.faults; }
    void set_latency(Duration low, Duration high) {
        medium_.latency_min = low;
        medium_.latency_max = high;
    }

    // The address is that process's from now on.
    void claim(const IpAddress& address, Process& process) { owners_[address] = &process; }
    bool has(const Process& process, const IpAddress& address) const;
    std::optional<IpAddress> first_address(const Process& process, bool is_v4) const;
    // Its listeners are gone and its connections break, or go silent.
    void lose(const Process& process);

    std::uint64_t connections_made() const { return connections_made_; }
    // Every attempt to connect to another machine, whatever became of it.
    const std::vector<ConnectAttempt>& attempts() const { return attempts_; }

private:
    friend class SimNetwork;
    friend class SimListener;

    std::vector<SimListener*> listeners_at(const Process& machine, const Endpoint& endpoint) const;
    std::vector<SimListener*> listeners_at(const Process& machine, const std::string& path) const;
    std::uint16_t free_port();
    std::shared_ptr<Connection> make_connection(Process& client, Endpoint from, Process& server, Endpoint to);

    Scheduler& scheduler_;
    Process wire_{"wire"};
    Medium medium_;
    std::map<IpAddress, Process*> owners_;
    std::vector<SimListener*> listeners_;  // in the order in which they began to listen
    std::vector<std::weak_ptr<Connection>> connections_;
    std::uint16_t last_port_ = 32'768;
    std::uint64_t connections_made_ = 0;
    std::vector<ConnectAttempt> attempts_;
};

class SimListener : public Listener {
public:
    SimListener(Fabric& fabric, Process& machine, Clock& clock, Endpoint endpoint, std::string path);
    ~SimListener() override;

    Task<Result<std::unique_ptr<Stream>, NetworkError>> accept() override;
    void cancel() override;
    const Endpoint& local() const override { return endpoint_; }

private:
    friend class Fabric;
    friend class SimNetwork;
    bool offer(std::shared_ptr<Connection> connection);  // false when the backlog is full

    Fabric& fabric_;
    Process& machine_;
    Clock& clock_;
    Endpoint endpoint_;
    std::string path_;
    std::deque<std::shared_ptr<Connection>> waiting_;
    Event changed_;
    bool is_cancelled_ = false;
};

// The network as one process uses it.
class SimNetwork : public Network {
public:
    SimNetwork(Fabric& fabric, Process& machine, Clock& clock)
        : fabric_(fabric), machine_(machine), clock_(clock) {}

    Result<std::unique_ptr<Listener>, NetworkError> listen(const Endpoint& endpoint) override;
    Result<std::unique_ptr<Listener>, NetworkError> listen_local(const std::string& path,
                                                                 unsigned mode) override;
    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(Endpoint to, std::optional<IpAddress> from,
                                                                Instant deadline) override;
    Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_local(std::string path,
                                                                      Instant deadline) override;

private:
    Process* machine_at(const IpAddress& address);
    Result<Endpoint, NetworkError> source_for(const Endpoint& to, std::optional<IpAddress> from);
    Task<std::optional<NetworkError>> travel(Endpoint to, IpAddress from, Instant deadline);
    Result<std::unique_ptr<Stream>, NetworkError> join(const std::vector<SimListener*>& listeners,
                                                       Process& machine, Endpoint from, Endpoint to);

    Fabric& fabric_;
    Process& machine_;
    Clock& clock_;
};

}  // namespace cursus
