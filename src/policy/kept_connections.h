// Connections to policy servers between two questions. Of one reactor, like the connections.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/clock.h"
#include "runtime/stream.h"

namespace cursus {

inline constexpr std::size_t kept_connections_max = 16;
inline constexpr Duration kept_idle_max = std::chrono::minutes{1};
// From the day it was made: what prefers another server by now gets there in time.
inline constexpr Duration kept_age_max = std::chrono::minutes{15};

struct PolicyConnection {
    std::unique_ptr<Stream> stream;
    std::size_t server = 0;  // its place in the list
    Instant made{};
    std::string instance;  // what was asked about last
};

class KeptConnections : public std::enable_shared_from_this<KeptConnections> {
public:
    explicit KeptConnections(Clock& clock) : clock_(clock) {}

    // Whatever is too old, or one too many, is closed instead.
    void keep(PolicyConnection connection);
    // One on which nothing has been said since: by preference the one that was asked about `instance`, for
    // there are servers that remember it there; else the one that was used last.
    std::optional<PolicyConnection> take(std::string_view instance);
    std::size_t size() const { return kept_.size(); }

private:
    struct Kept {
        PolicyConnection connection;
        Instant until;
    };
    void prune();
    void set_timer(Instant when);

    Clock& clock_;
    std::vector<Kept> kept_;  // the one that was used last stands last
    bool has_timer_ = false;
};

}  // namespace cursus
