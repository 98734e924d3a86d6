#include "sim/world.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>

namespace cursus {

SimWorld::Program::Program(SimWorld& sim, std::uint64_t seed)
    : machine(sim.universe(), "program", sim.options_.reactors, sim.addresses_),
      random(seed, 'R'),
      resolver(sim.scheduler_, machine.process(), sim.dns_, seed),
      offload(sim.scheduler_, machine.process(), seed),
      store(sim.scheduler_, machine.process(), sim.disk_, seed),
      users(sim.accounts_),
      deputy(sim.scheduler_, machine.process(), sim.homes_, sim.files_, seed),
      world{machine.reactors(), random, resolver, sim.tls_, sim.files_, offload, users, deputy} {}

SimWorld::SimWorld(std::uint64_t seed, SimOptions options)
    : seed_(seed),
      options_(std::move(options)),
      scheduler_(seed, options_.order),
      wall_(scheduler_, options_.start),
      fabric_(scheduler_, seed),
      random_(seed, 'T'),
      dns_(scheduler_),
      files_disk_(seed),
      files_(files_disk_),
      accounts_(scheduler_),
      homes_(scheduler_) {
    files_disk_.set_clock([this] { return FileFacts::Time(wall_.now()); });
    for (const auto& text : options_.addresses) addresses_.push_back(IpAddress::parse(text).value());
    restart();
}

SimWorld::~SimWorld() {
    // The frames of peers are owned by whatever they wait for, some of it by themselves: none can be unwound.
    for (auto& [address, machine] : machines_) {
        machine->kill();
        graveyard::keep(std::move(machine));
    }
    if (program_) {
        program_->machine.kill();
        graveyard::keep(std::move(program_));
    }
}

Machine& SimWorld::machine(const std::string& address) {
    auto& machine = machines_[address];
    if (!machine) {
        const std::vector<IpAddress> addresses{IpAddress::parse(address).value()};
        machine = std::make_unique<Machine>(universe(), address, 1, addresses);
    }
    return *machine;
}

void SimWorld::restart() {
    if (program_) throw std::logic_error("restart() comes after a kill");
    program_ = std::make_unique<Program>(*this, seed_ + 0x9E37 * runs_++);
}

void SimWorld::kill() {
    kill_at_.reset();
    program_->machine.kill();
    program_->store.lose_unsynced();
    files_disk_.restart(random_.one_in(2) ? LossyDisk::Loss::PowerCut : LossyDisk::Loss::KilledProcess);
    graveyard::keep(std::move(program_));
}

bool SimWorld::step(Instant horizon) {
    if (program_ && kill_at_ && program_->machine.process().steps() >= *kill_at_) {
        kill();
        throw Killed();
    }
    return scheduler_.step(horizon);
}

void SimWorld::drive(Task<void> task) {
    bool has_ended = false;
    std::exception_ptr failed;
    boost::asio::co_spawn(executor(), std::move(task), [&has_ended, &failed](std::exception_ptr error) {
        failed = std::move(error);
        has_ended = true;
    });
    const Instant end = now() + patience;
    while (!has_ended) {
        if (!step(end)) throw Stalled("nothing that will happen ends the task");
    }
    if (failed) std::rethrow_exception(failed);
}

void SimWorld::run_for(Duration time) {
    const Instant end = now() + time;
    while (step(end)) {
    }
    scheduler_.advance_to(end);
}

bool SimWorld::run_until(const std::function<bool()>& condition, Duration limit) {
    const Instant end = now() + limit;
    while (!condition()) {
        if (!step(end)) return false;
    }
    return true;
}

}  // namespace cursus
