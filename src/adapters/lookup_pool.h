// Lookups of one table, on threads of its own: a slow database delays nobody but those who ask it.
#pragma once

#include <string>

#include "adapters/timed_pool.h"
#include "runtime/table.h"

namespace cursus {

inline constexpr unsigned table_threads = 4;       // connections, too
inline constexpr std::size_t lookups_max = 1'000;  // of one table at once; more are told so at once

class LookupPool : public TimedPool<TableAnswer> {
public:
    LookupPool(const std::string& table, Duration time_max)
        : TimedPool({table_threads, lookups_max, time_max}, [table](const std::string& why) {
              return TableAnswer(failure(TableTrouble{"table " + table + ": " + why}));
          }) {}
};

}  // namespace cursus
