// A file with one line that nobody else may know: a password by which this program shows itself to others.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "runtime/files.h"

namespace cursus {

inline constexpr std::size_t secret_bytes_max = 1024;

// Blocking. The file must belong to root or to the program's own user, and group and others may neither read
// nor write it: who may write it chooses what is shown, and to whom is in the configuration. The error is for
// people, names the file and what to do, and never holds what stands in it.
Result<std::string, std::string> read_secret_file(Files& files, const std::string& path);

}  // namespace cursus
