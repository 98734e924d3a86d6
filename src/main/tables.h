// The tables that the configuration names, opened: [[table]] elements by their names, files by their paths.
#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "mail/events.h"
#include "runtime/reactor.h"
#include "runtime/table.h"

namespace cursus {

// A table that is broken or away now is opened all the same: what is looked up in it fails for now. The error
// is a sentence: what is configured can never be opened. World and events outlive the tables.
Result<Tables, std::string> open_tables(const Settings& settings, World& world, EventSink& events);

}  // namespace cursus
