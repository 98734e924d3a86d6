// XCLIENT: a host that is trusted with it says for which client it speaks, as Postfix has it
// (https://www.postfix.org/XCLIENT_README.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ip.h"
#include "base/result.h"

namespace cursus {

inline constexpr std::string_view xclient_attributes = "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";
inline constexpr std::size_t xclient_text_octets_max = 255;  // of NAME, HELO and LOGIN, decoded

// Said to be unknown: [UNAVAILABLE] or [TEMPUNAVAIL].
struct NotAvailable {
    friend bool operator==(const NotAvailable&, const NotAvailable&) = default;
};
// Nothing: not said, and whatever was said before stays.
template <class Value>
using Stated = std::optional<std::variant<NotAvailable, Value>>;

struct XclientStatement {
    Stated<std::string> name;  // of the client's address, found by its host
    Stated<IpAddress> address;
    Stated<std::uint16_t> port;
    Stated<std::string> helo;   // with what it greeted: printable, without spaces
    Stated<bool> is_extended;   // PROTO: whether by EHLO
    Stated<std::string> login;  // printable ASCII
    Stated<IpAddress> server_address;
    Stated<std::uint16_t> server_port;
};

// What stands behind the verb. Nothing: it is malformed.
std::optional<XclientStatement> parse_xclient(std::string_view argument);

}  // namespace cursus
