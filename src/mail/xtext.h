// The encodings of RFC 3461 and RFC 6533 by which addresses and identifiers travel as parameters of MAIL and
// RCPT.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cursus {

inline constexpr std::size_t envid_octets_max = 100;  // RFC 3461 §4.4, as encoded
inline constexpr std::size_t orcpt_octets_max = 500;  // RFC 3461 §4.2, as encoded, the address type included

// RFC 3461 §4. Only printable ASCII and spaces may come out: a hexchar for CR, LF, NUL or anything beyond is
// refused, for what is decoded here ends up in header fields.
std::optional<std::string> decode_xtext(std::string_view text);
std::string encode_xtext(std::string_view octets);

// ORCPT's value, decoded: "rfc822;a@b.example", or "utf-8;" with an address in UTF-8 (RFC 6533 §3).
std::optional<std::string> decode_orcpt(std::string_view value);
// The way back. `for_smtputf8`: the peer has announced SMTPUTF8, so that UTF-8 may stand as it is.
std::string encode_orcpt(std::string_view original, bool for_smtputf8);

// "utf-8;..." in the form that 7-bit fields of a delivery status notification can hold: \x{HEX} for what is
// not ASCII.
std::string encode_unitext(std::string_view utf8);

}  // namespace cursus
