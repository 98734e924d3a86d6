// Which client certificates let their holders send to anywhere: a line of the relay invariant
// (policy/relay.h), by itself so that it can be read by itself.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "config/settings.h"
#include "runtime/stream.h"

namespace cursus {

// Immutable, so any thread may ask.
class AcceptedCertificates {
public:
    explicit AcceptedCertificates(const TlsSettings& settings);

    // Pure. A certificate counts when its chain led to [tls] client_ca, for which the handshake has verified
    // it as a client's, or when it is itself listed in client_fingerprints, whoever signed it. The handshake
    // has shown that the client holds its key. Without TLS (none) nothing counts, and its names never do.
    bool accepts(const std::optional<TlsFacts>& tls) const;

private:
    bool has_authority_;
    std::unordered_set<std::string> fingerprints_;  // SHA-256, lower-case hexadecimal
};

}  // namespace cursus
