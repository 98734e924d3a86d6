// Where the journal keeps what happened: bounded by age and size, the oldest going first. Losing its newest
// moments in a crash is allowed: nothing durable derives from it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/store.h"

namespace cursus {

class Archive {
public:
    virtual ~Archive() = default;
    // Blocking; from one thread at a time. What is appended may be dropped again once it is old or there is
    // too much.
    virtual Result<void, StoreError> append(std::vector<Entry> entries) = 0;
    // The first `limit` entries with from <= key < to, in order. Thread-safe.
    virtual Result<std::vector<Entry>, StoreError> scan(std::string_view from, std::string_view to,
                                                        std::size_t limit) const = 0;
};

}  // namespace cursus
