#include "deliver/tls_failures.h"

#include <algorithm>

namespace cursus {

void TlsFailures::note(const std::string& host, Instant now) {
    std::erase_if(until_, [now](const auto& known) { return known.second <= now; });
    if (until_.size() >= tls_failures_max && !until_.contains(host))
        until_.erase(std::ranges::min_element(until_, {}, [](const auto& known) { return known.second; }));
    until_.insert_or_assign(host, now + tls_failure_kept);
}

bool TlsFailures::has_failed(const std::string& host, Instant now) const {
    const auto known = until_.find(host);
    return known != until_.end() && known->second > now;
}

}  // namespace cursus
