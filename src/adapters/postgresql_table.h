#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "runtime/table.h"

namespace cursus {

struct PostgresqlTableSettings {
    std::string name;
    std::string connection;  // libpq's keywords or URI
    std::string query;       // of one parameter, $1, and one column
    Duration time_max{};
};

// A value that is NULL or empty is none; the values of several rows are one list, in order. The error is for
// people: the connection string cannot be read.
Result<std::shared_ptr<Table>, std::string> make_postgresql_table(const PostgresqlTableSettings& settings);

}  // namespace cursus
