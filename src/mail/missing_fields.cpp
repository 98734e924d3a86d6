#include "mail/missing_fields.h"

#include <fmt/format.h>

#include "mail/date.h"

namespace cursus {

std::vector<MissingField> missing_fields(const HeaderSurvey& header, WallTime now, MessageId id,
                                         std::string_view host) {
    std::vector<MissingField> fields;
    if (header.date() == 0) fields.push_back({"Date", date_text(now)});
    if (header.message_id() == 0) fields.push_back({"Message-ID", fmt::format("<{}@{}>", id.text(), host)});
    return fields;
}

}  // namespace cursus
