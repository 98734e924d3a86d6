// A real authoritative server (knot) on a free port of 127.0.0.1, for the resolver's tests.
#pragma once

#include <sys/types.h>

#include <string>

#include "adapters/tests/test_ca.h"
#include "base/ip.h"

namespace cursus {

// Serves a signed root with names under alpha.example, an unsigned insecure.example, a bogus.example whose DS
// record matches nothing, and a broken.example that always fails.
class DnsServer {
public:
    DnsServer();  // returns when it answers; throws when it does not
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    Endpoint endpoint() const { return endpoint_; }
    std::string trust_anchor() const { return directory_.path() + "/root.key"; }

private:
    void write_zones() const;
    void write_settings() const;
    void start();
    bool answers() const;

    ScratchDirectory directory_;
    Endpoint endpoint_;
    pid_t process_ = -1;
};

}  // namespace cursus
