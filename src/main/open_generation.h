// The configuration with its tables and accounts opened, when the server starts and when it is read again.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "main/generation.h"
#include "main/server.h"

namespace cursus {

// The error is a sentence: what is configured can never work. Blocks on disks. Where the last of its users
// lets go of it, its end waits for lookups that run: on the world's pool.
Result<std::shared_ptr<const Generation>, std::string> open_generation(World& world, EventSink& events,
                                                                       Memories& memories, Settings settings);

// Reads the file at `path` again, off the reactor, for Server::reload().
ReadAgain reading_again(World& world, EventSink& events, Memories& memories, std::string path);

}  // namespace cursus
