#include "adapters/table_values.h"

#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

namespace cursus {

bool can_be_key(std::string_view key) {
    return !key.empty() && key.size() <= table_key_bytes_max && !key.contains('\0') && is_utf8(key);
}

Result<void, std::string> TableValues::add(std::string_view value) {
    constexpr std::string_view separator = ", ";
    if (value.empty()) return {};
    if (value.contains('\0')) return failure(std::string("a value with a NUL in it"));
    if (joined_.size() + separator.size() + value.size() > table_value_bytes_max)
        return failure(fmt::format("values of more than {} octets", table_value_bytes_max));
    if (!joined_.empty()) joined_ += separator;
    joined_ += value;
    return {};
}

std::optional<std::string> TableValues::take() {
    if (joined_.empty()) return std::nullopt;
    return std::exchange(joined_, {});
}

}  // namespace cursus
