// What goes into a database as a key, and what comes out as values: neither is trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cursus {

inline constexpr std::size_t table_key_bytes_max = 1024;  // an address has 320 at most, a token not many more
inline constexpr std::size_t table_value_bytes_max = 1 << 20;  // of all values of a key

// Text of some length without NUL, in UTF-8: what a column or an attribute could hold. A key that is not
// cannot be there, and is not asked for.
bool can_be_key(std::string_view key);

// The values of one key, in order, as one list.
class TableValues {
public:
    // An empty value is none. The error says why the database is not to be believed.
    Result<void, std::string> add(std::string_view value);
    // Nullopt: there was none.
    std::optional<std::string> take();

private:
    std::string joined_;
};

}  // namespace cursus
