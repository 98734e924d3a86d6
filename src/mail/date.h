#pragma once

#include <string>

#include "base/time.h"

namespace cursus {

// RFC 5322 §3.3, always in UTC: "Tue, 24 Nov 2026 05:04:01 +0000".
std::string date_text(WallTime when);

}  // namespace cursus
