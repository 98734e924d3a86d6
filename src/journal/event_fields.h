// An event as a name and named values: the one description that log, journal and trace share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mail/events.h"

namespace cursus {

// Views point into the event that was described.
using FieldValue =
    std::variant<std::string_view, std::string, std::uint64_t, bool, const std::vector<std::string>*>;

struct EventFields {
    std::string_view name;  // "recipient_refused"
    std::vector<std::pair<std::string_view, FieldValue>> fields;
};

EventFields fields_of(const EventBody& body);

// "2026-11-24T04:12:52.123456Z"
std::string time_text(WallTime time);

}  // namespace cursus
