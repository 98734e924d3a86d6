// A real Dovecot that does nothing but say who somebody is. Needs root: it looks for its parts below /usr,
// where they are laid in a mount namespace of its own.
#pragma once

#include <string>

#include "adapters/tests/peer_process.h"
#include "adapters/tests/test_ca.h"

namespace cursus {

class DovecotServer {
public:
    DovecotServer();
    ~DovecotServer() { stop(); }

    void start();  // returns when it answers; throws when it does not
    void stop();
    std::string socket() const { return directory_.path() + "/run/auth-client"; }

    // ann and off, of alpha.example; off may not log in.
    static constexpr const char* password = "a secret";

private:
    ScratchDirectory directory_;
    PeerProcess process_;
};

}  // namespace cursus
