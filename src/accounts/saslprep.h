// RFC 4013.
#pragma once

#include <optional>
#include <string>

namespace cursus {

// Code points younger than RFC 3454 are let through, as they are (RFC 3454 §7, a query): there are passwords
// of them. Nothing: the text holds what no name and no password may. The caller wipes the result.
std::optional<std::string> saslprep(const std::string& text);

}  // namespace cursus
