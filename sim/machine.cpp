#include "sim/machine.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>

namespace cursus {

namespace {

constexpr Duration offload_time_min = std::chrono::microseconds{20};
constexpr Duration offload_time_max = std::chrono::milliseconds{3};

}  // namespace

void SimOffload::run(std::move_only_function<void()> work) {
    scheduler_.at(process_, scheduler_.now() + random_.between(offload_time_min, offload_time_max),
                  std::move(work));
}

Machine::Machine(Universe universe, std::string name, std::size_t reactors,
                 const std::vector<IpAddress>& addresses)
    : universe_(universe), process_(std::move(name)) {
    for (std::size_t i = 0; i < reactors; ++i) {
        reactors_.push_back(
            std::make_unique<SimReactor>(universe.scheduler, universe.wall, universe.fabric, process_));
    }
    for (const auto& address : addresses) universe.fabric.claim(address, process_);
}

std::vector<Reactor*> Machine::reactors() {
    std::vector<Reactor*> all;
    for (const auto& reactor : reactors_) all.push_back(reactor.get());
    return all;
}

void Machine::spawn(Task<void> task) {
    boost::asio::co_spawn(reactor().executor(), std::move(task), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
}

void Machine::kill() {
    universe_.scheduler.kill(process_);
    universe_.fabric.lose(process_);
}

}  // namespace cursus
