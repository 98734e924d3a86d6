// Reactors (one event loop and its thread each), the small pool for blocking work, and everything a task of
// one reactor can reach of the world.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "runtime/clock.h"
#include "runtime/deputy.h"
#include "runtime/files.h"
#include "runtime/network.h"
#include "runtime/random.h"
#include "runtime/resolver.h"
#include "runtime/tls.h"
#include "runtime/users.h"

namespace cursus {

using Executor = boost::asio::any_io_executor;

// Blocking work, away from the reactors. `work` runs on some thread of a small pool; it must not throw.
class Offload {
public:
    virtual ~Offload() = default;
    virtual void run(std::move_only_function<void()> work) = 0;
};

class Reactor {
public:
    virtual ~Reactor() = default;
    virtual Executor executor() = 0;
    virtual Clock& clock() = 0;
    virtual Network& network() = 0;
};

// What `main` (or the simulation) hands down. Everything outlives every task.
struct World {
    std::vector<Reactor*> reactors;  // at least one
    Random& random;
    Resolver& resolver;
    TlsFactory& tls;
    Files& files;
    Offload& offload;
    Users& users;
    Deputy& deputy;
};

}  // namespace cursus
