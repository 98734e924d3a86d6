#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/stream.h"

namespace cursus {

enum class NetworkErrorKind : std::uint8_t {
    Refused,      // nobody listens there
    Unreachable,  // no route, host down as far as the network knows
    TimedOut,
    Cancelled,
    NotAllowed,  // no permission for the port or address
    AddressInUse,
    OutOfResources,  // descriptors, memory, ephemeral ports
    Other,
};
struct NetworkError {
    NetworkErrorKind kind;
    std::string what;  // for people: names the endpoint and the system's reason
};

class Listener {
public:
    virtual ~Listener() = default;
    // On OutOfResources the listener has already waited a moment: calling again at once does not spin.
    virtual Task<Result<std::unique_ptr<Stream>, NetworkError>> accept() = 0;
    virtual void cancel() = 0;  // the pending accept, and every later one, return Cancelled
    virtual const Endpoint& local() const = 0;
};

// The network as one reactor uses it: streams live and die on the reactor they were made on.
class Network {
public:
    virtual ~Network() = default;
    // TCP. Several reactors may listen on the same endpoint (SO_REUSEPORT). An IPv6 wildcard is IPv6 only.
    virtual Result<std::unique_ptr<Listener>, NetworkError> listen(const Endpoint& endpoint) = 0;
    // A local socket at a path; a stale one is replaced, a living one is AddressInUse. `mode` is its
    // permissions.
    virtual Result<std::unique_ptr<Listener>, NetworkError> listen_local(const std::string& path,
                                                                         unsigned mode) = 0;
    virtual Task<Result<std::unique_ptr<Stream>, NetworkError>> connect(Endpoint to,
                                                                        std::optional<IpAddress> from,
                                                                        Instant deadline) = 0;
    virtual Task<Result<std::unique_ptr<Stream>, NetworkError>> connect_local(std::string path,
                                                                              Instant deadline) = 0;
};

}  // namespace cursus
