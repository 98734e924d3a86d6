#include "policy/accepted_certificates.h"

namespace cursus {

AcceptedCertificates::AcceptedCertificates(const TlsSettings& settings)
    : has_authority_(!settings.client_ca.empty()),
      fingerprints_(settings.client_fingerprints.begin(), settings.client_fingerprints.end()) {}

bool AcceptedCertificates::accepts(const std::optional<TlsFacts>& tls) const {
    if (!tls || tls->peer_fingerprint.empty()) return false;
    if (has_authority_ && tls->verified) return true;
    return fingerprints_.contains(tls->peer_fingerprint);
}

}  // namespace cursus
