// A machine of the simulated world: an event loop or several, clocks and a network of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/reactor.h"
#include "runtime/task.h"
#include "sim/fabric.h"
#include "sim/sim_clock.h"
#include "sim/sim_executor.h"

namespace cursus {

class SimReactor : public Reactor {
public:
    SimReactor(Scheduler& scheduler, const SimWall& wall, Fabric& fabric, Process& process)
        : loop_{scheduler, process, false, {}},
          clock_(scheduler, wall, process),
          network_(fabric, process, clock_) {}
    Executor executor() override { return SimExecutor(loop_); }
    Clock& clock() override { return clock_; }
    Network& network() override { return network_; }

private:
    SimLoop loop_;
    SimClock clock_;
    SimNetwork network_;
};

// What every machine is made of.
struct Universe {
    Scheduler& scheduler;
    const SimWall& wall;
    Fabric& fabric;
};

// Work for the pool happens a moment later, in any order.
class SimOffload : public Offload {
public:
    SimOffload(Scheduler& scheduler, Process& process, std::uint64_t seed)
        : scheduler_(scheduler), process_(process), random_(seed, 'O') {}
    void run(std::move_only_function<void()> work) override;

private:
    Scheduler& scheduler_;
    Process& process_;
    SimRandom random_;
};

class Machine {
public:
    Machine(Universe universe, std::string name, std::size_t reactors,
            const std::vector<IpAddress>& addresses);

    Process& process() { return process_; }
    Reactor& reactor(std::size_t i = 0) { return *reactors_.at(i); }
    std::vector<Reactor*> reactors();
    Clock& clock() { return reactor().clock(); }
    Network& network() { return reactor().network(); }
    // Runs beside everything else on the first reactor, until it ends or the machine does. An exception in it
    // leaves through SimWorld's run functions.
    void spawn(Task<void> task);
    // Like a kill -9, or a power cut: nothing of it runs any more, its connections break or go silent.
    void kill();

private:
    Universe universe_;
    Process process_;
    std::vector<std::unique_ptr<SimReactor>> reactors_;
};

}  // namespace cursus
