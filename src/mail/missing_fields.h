// The fields that a message's author should have given it and did not, RFC 6409 §8.2 and §8.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "mail/header.h"

namespace cursus {

struct MissingField {
    std::string name, body;
};

// Date and Message-ID, where `header` has none; the latter is made of our `id` and `host`.
std::vector<MissingField> missing_fields(const HeaderSurvey& header, WallTime now, MessageId id,
                                         std::string_view host);

}  // namespace cursus
