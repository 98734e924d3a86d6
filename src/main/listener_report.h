// What each listener offers, for `cursus check`.
#pragma once

#include <string>

#include "config/settings.h"

namespace cursus {

// A table: its name, its TLS, the certificate it shows, and what it wants of its clients.
std::string listener_report(const Settings& settings);

}  // namespace cursus
