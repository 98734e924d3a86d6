#include "mail/blind_copies.h"

#include "base/text.h"
#include "mail/header.h"

namespace cursus {

std::optional<std::string> without_blind_copies(std::string_view header) {
    std::string kept;
    HeaderFields fields(header, TextEnd::IsMessageEnd);
    while (const auto field = fields.next()) {
        const bool is_blind =
            equal_ignoring_case(field->name, "Bcc") || equal_ignoring_case(field->name, "Resent-Bcc");
        if (!is_blind) kept += field->text;
    }
    // The empty line, or what is beyond header_octets_max.
    const std::size_t given = header.size() - fields.rest().size();
    const std::string_view end = fields.has_ended() ? header.substr(given - 2) : header.substr(given);
    if (kept.size() + end.size() == header.size()) return std::nullopt;
    kept += end;
    return kept;
}

}  // namespace cursus
