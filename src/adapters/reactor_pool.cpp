#include "adapters/reactor_pool.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace cursus {

ReactorPool::ReactorPool(unsigned count) {
    std::signal(SIGPIPE, SIG_IGN);
    if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) reactors_.push_back(std::make_unique<RealReactor>());
    for (unsigned i = 0; i < count; ++i) {
        threads_.emplace_back([&reactor = *reactors_[i]] { reactor.run(); });
        const std::string name = "reactor-" + std::to_string(i);
        pthread_setname_np(threads_.back().native_handle(), name.c_str());
    }
}

ReactorPool::~ReactorPool() {
    stop();
}

void ReactorPool::stop() {
    for (const auto& reactor : reactors_) reactor->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

std::vector<Reactor*> ReactorPool::reactors() const {
    std::vector<Reactor*> all;
    for (const auto& reactor : reactors_) all.push_back(reactor.get());
    return all;
}

void ReactorPool::run(Task<void> task) {
    boost::asio::co_spawn(first().executor(), std::move(task), boost::asio::use_future).get();
}

}  // namespace cursus
