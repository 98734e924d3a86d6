#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/api.h"
#include "config/settings.h"
#include "runtime/task_group.h"

namespace cursus {

// Listens on the admin socket (whoever may open it may do everything) and, when configured, on the metrics
// endpoint (which knows GET /metrics only). On the queue's home reactor.
class AdminServer {
public:
    AdminServer(Reactor& reactor, const AdminSettings& settings);
    // Before privileges are dropped. The error is a sentence.
    Result<void, std::string> bind();
    void start(AdminApi& api);  // which outlives the server's running
    Task<void> stop();

private:
    enum class Door : std::uint8_t { Control, Metrics };
    Task<void> accept(Listener& listener, Door door);
    Task<void> converse(std::unique_ptr<Stream> stream, Door door);

    AdminApi* api_ = nullptr;  // from start() on
    Reactor& reactor_;
    const AdminSettings& settings_;
    std::unique_ptr<Listener> control_, metrics_;
    std::vector<Stream*> open_;
    TaskGroup tasks_;
};

}  // namespace cursus
