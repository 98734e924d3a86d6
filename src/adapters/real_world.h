// The real world, put together: what `main` makes first and destroys last.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/deputy_process.h"
#include "adapters/reactor_pool.h"
#include "adapters/thread_pool.h"
#include "adapters/unbound_resolver.h"
#include "base/result.h"
#include "runtime/reactor.h"

namespace cursus {

struct RealWorldSettings {
    unsigned reactors = 0;  // 0: one for each core
    unsigned offload_threads = offload_threads_default;
    ResolverSettings dns;
    std::optional<DeputyLink> deputy;  // started before the first thread was
    std::string why_no_deputy;         // when there is none
    std::string content_directory;     // where messages lie while another process reads them
};

class RealWorld {
public:
    // Starts the threads. The error is a sentence for the operator.
    static Result<std::unique_ptr<RealWorld>, std::string> make(RealWorldSettings settings);
    ~RealWorld();

    World& world() { return *world_; }
    ReactorPool& reactors() { return *reactors_; }

private:
    RealWorld();

    std::unique_ptr<Random> random_;
    std::unique_ptr<TlsFactory> tls_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<ReactorPool> reactors_;
    // Their threads post to the reactors up to their end: the reactors are stopped before and destroyed after
    // them.
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<ThreadPool> offload_;
    std::unique_ptr<Users> users_;
    std::unique_ptr<Deputy> deputy_;
    std::unique_ptr<World> world_;
};

}  // namespace cursus
