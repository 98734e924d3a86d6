// The simulated world: the whole program, or a part of it, in virtual time on one thread, the same for the
// same seed.
//
//     SimWorld sim(seed);
//     sim.dns().mx("example.org", {{10, "mx.example.org"}});
//     sim.dns().address("mx.example.org", {"203.0.113.5"});
//     Machine& peer = sim.machine("203.0.113.5");          // another host, whose coroutines run beside
//     peer.spawn(serve(peer.network()));
//     Queue queue({sim.world(), sim.store(), ...});        // the program sees runtime/'s interfaces
//     sim.run(queue.start());                              // until the task ends, returning what it returned
//     sim.run_for(48h);                                    // two days in no time
//     EXPECT_TRUE(sim.run_until([&] { return sink.received() == 3; }));
//
// Time stands still while anything can run. Faults: sim.faults() (network), sim.dns().fault(),
// sim.disk().trouble, sim.accounts().fault() (users), sim.homes().fault() (what is done as them),
// sim.jump_wall(). A kill: sim.kill_after(steps) or sim.kill(), then graveyard::keep(std::move(program)),
// then sim.restart(): a new World over what the disk and the files have kept, in the same surroundings, time
// going on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/reactor.h"
#include "runtime/task.h"
#include "sim/fabric.h"
#include "sim/graveyard.h"
#include "sim/lossy_files.h"
#include "sim/machine.h"
#include "sim/sim_deputy.h"
#include "sim/sim_dns.h"
#include "sim/sim_store.h"
#include "sim/sim_tls.h"
#include "sim/sim_users.h"

namespace cursus {

struct SimOptions {
    std::size_t reactors = 1;
    ReadyOrder order = ReadyOrder::Shuffled;
    std::vector<std::string> addresses = {"192.0.2.1", "2001:db8::1"};  // the program's machine
    WallTime start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
};

// Thrown by the run functions when the program was killed while they ran.
struct Killed : std::runtime_error {
    Killed() : std::runtime_error("the simulated program was killed") {}
};

class SimWorld {
public:
    // How long in virtual time run() waits before it gives the task up as stuck.
    static constexpr Duration patience = std::chrono::hours{24 * 30};

    explicit SimWorld(std::uint64_t seed = 1, SimOptions options = {});
    ~SimWorld();  // what still runs goes to the graveyard
    SimWorld(const SimWorld&) = delete;
    SimWorld& operator=(const SimWorld&) = delete;

    // ---- the program's side
    World& world() { return program_->world; }
    Store& store() { return program_->store; }
    // Another opening of the same disk by the program, for tests that close and reopen it.
    std::unique_ptr<Store> open_store() {
        return std::make_unique<SimStore>(scheduler_, program_->machine.process(), disk_, seed_);
    }
    Reactor& reactor(std::size_t i = 0) { return program_->machine.reactor(i); }
    Executor executor() { return reactor().executor(); }
    Clock& clock() { return reactor().clock(); }
    Network& network() { return reactor().network(); }
    const IpAddress& address(std::size_t i = 0) const {
        return addresses_.at(i);
    }  // of the program's machine

    // ---- the surroundings
    SimDns& dns() { return dns_; }
    SimTls& tls() { return tls_; }
    SimDisk& disk() { return disk_; }
    LossyFiles& files() { return files_; }
    LossyDisk& files_disk() { return files_disk_; }
    SimAccounts& accounts() { return accounts_; }
    SimHomes& homes() { return homes_; }
    Fabric& fabric() { return fabric_; }
    FaultPlan& faults() { return fabric_.faults(); }
    SimRandom& random() { return random_; }        // the test's own chance; the program has another
    Machine& machine(const std::string& address);  // made at the first call, up from then on
    Machine& program_machine() { return program_->machine; }  // for what runs beside the program on it
    Instant now() const { return scheduler_.now(); }
    WallTime wall_now() const { return wall_.now(); }
    void jump_wall(Duration by) { wall_.jump(by); }
    std::uint64_t steps() const { return scheduler_.steps(); }

    // ---- running
    // Until the task, on the program's first reactor, has ended. Throws what it throws, Killed, or Stalled
    // when nothing will ever end it.
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        drive(keep_result(std::move(task), result));
        return std::move(*result);
    }
    void run(Task<void> task) { drive(std::move(task)); }
    void run_for(Duration time);
    // True once the condition, asked after each step, holds; false when it did not within `limit` or never
    // will.
    bool run_until(const std::function<bool()>& condition, Duration limit = std::chrono::hours{24});

    // ---- kills
    // A kill loses or keeps each write of the store that was not done; for files it is at random the end of
    // the process alone or of the machine's power, in which case what was not synced is lost or torn. After
    // so many further steps of the program: the run functions throw Killed there.
    void kill_after(std::uint64_t steps) { kill_at_ = program_->machine.process().steps() + steps; }
    void spare() { kill_at_.reset(); }
    void kill();
    bool is_killed() const { return program_ == nullptr; }
    void restart();
    // An orderly end is part of the run; the program that is started then has a deputy of its own again.
    void start_deputy_again() { program_->deputy.start_again(); }

private:
    // One run of the program. The order of members is the order in which World needs them.
    struct Program {
        Program(SimWorld& sim, std::uint64_t seed);
        Machine machine;
        SimRandom random;
        SimResolver resolver;
        SimOffload offload;
        SimStore store;
        SimUsers users;
        SimDeputy deputy;
        World world;
    };

    template <class T>
    static Task<void> keep_result(Task<T> task, std::optional<T>& result) {
        T value = co_await std::move(task);
        result.emplace(std::move(value));
    }
    void drive(Task<void> task);
    bool step(Instant horizon);
    Universe universe() { return {scheduler_, wall_, fabric_}; }

    std::uint64_t seed_;
    SimOptions options_;
    std::vector<IpAddress> addresses_;
    Scheduler scheduler_;
    SimWall wall_;
    Fabric fabric_;
    SimRandom random_;
    SimDns dns_;
    SimTls tls_;
    SimDisk disk_;
    LossyDisk files_disk_;
    LossyFiles files_;
    SimAccounts accounts_;
    SimHomes homes_;
    std::map<std::string, std::unique_ptr<Machine>> machines_;
    std::uint64_t runs_ = 0;
    std::optional<std::uint64_t> kill_at_;
    std::unique_ptr<Program> program_;
};

}  // namespace cursus
