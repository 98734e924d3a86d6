// Whether a message is shown to a scanner at all.
#pragma once

#include <optional>

#include <fmt/format.h>

#include "config/settings_policy.h"
#include "scan/message_source.h"
#include "scan/verdict.h"

namespace cursus {

inline std::optional<TooBig> over_size_limit(const MessageSource& message, const ScannerSettings& settings) {
    if (message.size() <= settings.size_max) return std::nullopt;
    return TooBig{
        fmt::format("it has {} octets, more than our size_max of {}", message.size(), settings.size_max)};
}

}  // namespace cursus
