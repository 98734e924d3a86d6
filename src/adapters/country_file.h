// Countries from a file in MaxMind's format (GeoLite2-Country, DB-IP Lite and others).
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/countries.h"

namespace cursus {

// The file is mapped, so a newer one must come under the same name by renaming, and is seen when it is opened
// again. Blocks. The error, for people, names the file.
Result<std::unique_ptr<Countries>, std::string> open_country_file(const std::string& path);

}  // namespace cursus
