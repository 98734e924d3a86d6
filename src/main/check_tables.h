// Whether the files of tables can be used as they are now: for `cursus check`, and before a configuration
// comes into force.
#pragma once

#include <string>
#include <vector>

#include "config/settings.h"
#include "runtime/files.h"

namespace cursus {

// One sentence for each file that cannot be read, or has a mistake: until it is mended, whoever asks the
// table has to wait. Blocks on disks.
std::vector<std::string> table_troubles(const Settings& settings, Files& files);

}  // namespace cursus
