// A listening socket, TCP or local.
#pragma once

#include <string>

#include "adapters/descriptor.h"
#include "adapters/socket_handle.h"
#include "runtime/event.h"
#include "runtime/network.h"

namespace cursus {

// The file of a local socket, removed with its listener if it is still the same one.
struct SocketFile {
    std::string path;  // empty: there is none
    std::uint64_t device = 0, inode = 0;
};

class RealListener final : public Listener {
public:
    RealListener(RealReactor& reactor, SocketHandle socket, const Endpoint& local, SocketFile file);
    ~RealListener() override;

    Task<Result<std::unique_ptr<Stream>, NetworkError>> accept() override;
    void cancel() override;
    const Endpoint& local() const override { return local_; }

private:
    Descriptor socket_;
    Endpoint local_;
    SocketFile file_;
    std::string where_;      // for people
    Event cancelled_;        // ends the pause when descriptors have run out
    unsigned unwaited_ = 0;  // accepted since the last wait
};

}  // namespace cursus
