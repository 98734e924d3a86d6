// Other addresses in a message's header: what is replaced is replaced exactly, all else stays octet for
// octet.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/address_list.h"

namespace cursus {

// Which side of the message a field speaks of.
enum class AddressSide : std::uint8_t {
    Originator,  // From, Sender, Reply-To and their Resent- forms: RFC 5322 §3.6.2, §3.6.6
    Recipient,   // To, Cc, Bcc and their Resent- forms: RFC 5322 §3.6.3, §3.6.6
};

// What is to stand in an address's place; nothing: it stays.
using AddressChoice = std::function<std::optional<std::string>(const ListedAddress&, AddressSide)>;

struct AddressChange {
    std::string field, before,
        after;  // the field's name and the address, as they stood, and as it stands now
    friend bool operator==(const AddressChange&, const AddressChange&) = default;
};
inline constexpr std::size_t address_changes_max = 100;      // that are told one by one
inline constexpr std::size_t told_address_octets_max = 300;  // comments and folds amid an address are cut off

struct RewrittenHeader {
    std::string octets;
    std::vector<AddressChange> changes;
    std::uint64_t changes_untold = 0;  // beyond address_changes_max
};

// `header` begins with the message's first field and ends behind its empty line, where there is one. Every
// block of Resent- fields is gone through (RFC 5322 §3.6.6), and nothing behind a line that is no field.
// Lines are folded at a comma where they would grow beyond 998 octets (RFC 5322 §2.1.1); a field where that
// does not help stays as it is. Nothing: the header stays as it is.
std::optional<RewrittenHeader> rewrite_header(std::string_view header, const AddressChoice& choose);

}  // namespace cursus
