#pragma once

#include <string>

#include "base/result.h"

namespace cursus {

// Makes the directories that the server will need, and when it is going to become another user, gives those
// it made to that user: `data_dir`, and the one that `socket` lies in. The error is a sentence for the
// operator.
Result<void, std::string> make_service_directories(const std::string& data_dir, const std::string& socket,
                                                   const std::string& run_as);

}  // namespace cursus
