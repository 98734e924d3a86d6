// Hosts whose TLS handshake has failed lately: they are not asked for another at every connection, nor spoken
// to in the clear for ever because of one that went wrong.
#pragma once

#include <string>
#include <unordered_map>

#include "base/time.h"

namespace cursus {

inline constexpr Duration tls_failure_kept = std::chrono::minutes{10};
inline constexpr std::size_t tls_failures_max = 100;  // of the hosts of one site, which are 20 at a time

class TlsFailures {
public:
    void note(const std::string& host, Instant now);
    bool has_failed(const std::string& host, Instant now) const;
    std::size_t size() const { return until_.size(); }

private:
    std::unordered_map<std::string, Instant> until_;
};

}  // namespace cursus
