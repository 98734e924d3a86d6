#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "runtime/table.h"

namespace cursus {

struct SqliteTableSettings {
    std::string name, path;
    std::string query;  // of one parameter, :key, and one column
    Duration time_max{};
};

// Opened for reading only; opened again when the file is replaced. A value that is NULL or empty is none; the
// values of several rows are one list, in order.
std::shared_ptr<Table> make_sqlite_table(const SqliteTableSettings& settings);

}  // namespace cursus
