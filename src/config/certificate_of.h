// Which certificate a listener shows to clients that ask for no other by name.
#pragma once

#include <string>

#include "config/settings.h"

namespace cursus {

struct CertificateFiles {
    std::string certificate, key;  // paths
    bool is_self_made = false;     // none is configured
};
CertificateFiles certificate_of(const ListenerSettings& listener, const Settings& settings);

// Where the certificate lies that this server makes and signs itself, its key in the same file: whatever
// replaces one replaces the other.
std::string self_made_certificate(const Settings& settings);
// Whether some listener shows it.
bool needs_self_made_certificate(const Settings& settings);
// For whom it is: the hostname, and what listeners are called if that is the name of a host.
std::vector<std::string> names_of_self_made_certificate(const Settings& settings);

}  // namespace cursus
