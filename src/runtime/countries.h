// Where in the world an address is, as far as somebody has written it down.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "base/ip.h"

namespace cursus {

// ISO 3166-1 alpha-2, in capitals: "IT".
struct Country {
    std::array<char, 2> code{};
    std::string text() const { return {code.begin(), code.end()}; }
    friend auto operator<=>(const Country&, const Country&) = default;
};

class Countries {
public:
    virtual ~Countries() = default;
    // Any thread; does not wait. Nothing: a private address, or one that nobody has written down.
    virtual std::optional<Country> of(const IpAddress& address) const = 0;
};

}  // namespace cursus
