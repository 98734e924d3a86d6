#include "mail/verp.h"

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {

Result<Mailbox, AddressError> verp_encode(const Mailbox& owner, const Mailbox& recipient,
                                          std::string_view delimiter) {
    return Mailbox::make(fmt::format("{}{}{}={}", owner.local_part(), delimiter, recipient.local_part(),
                                     host_text(recipient.host())),
                         owner.host());
}

std::optional<Mailbox> verp_decode(const Mailbox& owner, const Mailbox& return_path,
                                   std::string_view delimiter) {
    const auto prefix = fmt::format("{}{}", owner.local_part(), delimiter);
    const std::string_view local_part = return_path.local_part();
    // Some hosts lower the local part of what they bounce to.
    if (return_path.host() != owner.host() ||
        !equal_ignoring_case(local_part.substr(0, prefix.size()), prefix))
        return std::nullopt;
    const auto recipient = local_part.substr(prefix.size());
    // No host has a "=" in it, while a local part may.
    const auto end = recipient.rfind('=');
    if (end == std::string_view::npos) return std::nullopt;
    const auto mailbox = Mailbox::parse(
        fmt::format("{}@{}", local_part_text(recipient.substr(0, end)), recipient.substr(end + 1)));
    return mailbox ? std::optional(*mailbox) : std::nullopt;
}

}  // namespace cursus
