// The certificate that a server makes for itself and signs itself, so that TLS is on before anybody has seen
// to one.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "runtime/files.h"

namespace cursus {

struct SelfMadeCertificate {
    std::string path;                // in a directory of its own, which is made if need be
    std::vector<std::string> names;  // the first is its subject, all are its dNSNames
};

inline constexpr auto self_made_validity = std::chrono::days{3650};
// A start that finds less than this left makes another: the next start may be far.
inline constexpr auto self_made_renewal = std::chrono::days{90};

// Blocking. Makes it if it is not there, or not for these names, or about to expire, or no certificate with
// its key at all. Whoever reads the file meanwhile finds the one before or the new one, whole. The error is a
// sentence.
Result<void, std::string> ensure_self_made_certificate(Files& files, const SelfMadeCertificate& wanted,
                                                       WallTime now);

}  // namespace cursus
