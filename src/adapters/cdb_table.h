// The cdb table: a constant database as tinycdb, cdbmake and postmap write it.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "runtime/table.h"

namespace cursus {

struct CdbTableSettings {
    std::string name, path;
    Duration time_max{};
};

// Opened for each lookup, so that a database that is replaced (by renaming, as all tools do) counts at once,
// and read without mapping it, so that one that is cut short is trouble and not a crash. Postfix and Exim
// write keys with or without a final NUL: both are looked for, first without. Of several records of a key the
// first counts.
std::shared_ptr<Table> make_cdb_table(const CdbTableSettings& settings);

}  // namespace cursus
