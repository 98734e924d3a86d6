// The secrets by which forwarded mail is signed, read.
#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "route/return_paths.h"
#include "runtime/reactor.h"

namespace cursus {

// Off when [rewrite] names no file. The error is a sentence that names it. The world outlives the result.
Result<ReturnPaths, std::string> read_return_paths(const Settings& settings, World& world);

}  // namespace cursus
