// Servers that do the same work, of which any will do: who is asked first, and who is left alone for a while.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/service_address.h"
#include "runtime/reactor.h"

namespace cursus {

// How long one server may take to let us in, and how long one that failed is asked only after all others.
inline constexpr Duration pool_connect_timeout = std::chrono::seconds{3};
inline constexpr Duration pool_pause = std::chrono::seconds{30};

// From any reactor. Whoever has asked a server says how it went: worked() or failed().
class ServerPool {
public:
    struct Lent {
        std::unique_ptr<Stream> stream;
        std::size_t server = 0;  // its place in the list
    };

    explicit ServerPool(std::vector<ServiceAddress> servers);  // at least one

    // All servers, as they are to be asked: those that are well in the order of the list, then those that
    // failed lately, the one whose failure is oldest first. One whose pause is over comes first for one asker
    // only: should it stall again, nobody else has waited for it. For the others it has failed just now.
    std::vector<std::size_t> order(Instant now);
    // A fresh connection to one of them. The error is a sentence that names it.
    Task<Result<std::unique_ptr<Stream>, std::string>> connect_to(Reactor& here, std::size_t server,
                                                                  Instant deadline);
    // To the first that takes one. `skipping`: servers that have had their chance at this piece of work. The
    // error is a sentence that names every server that was tried.
    Task<Result<Lent, std::string>> connect(Reactor& here, Instant deadline,
                                            std::vector<std::size_t> skipping = {});
    // It let us in and then did not do its work. Connecting marks servers by itself.
    void failed(std::size_t server, Instant now);
    void worked(std::size_t server);
    // It was not let finish its work: one that failed before may be tried by the next asker.
    void called_off(std::size_t server, Instant now);

    std::string name(std::size_t server) const { return text(servers_[server]); }
    std::size_t size() const { return servers_.size(); }

private:
    bool is_resting(std::size_t server, Instant now) const;

    const std::vector<ServiceAddress> servers_;
    mutable std::mutex mutex_;
    std::vector<std::optional<Instant>> failed_at_;  // under mutex_
};

}  // namespace cursus
