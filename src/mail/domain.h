#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cursus {

// A DNS name of a mail domain, RFC 5321 §2.3.5, always held as lower-case A-labels without a final dot, and
// its U-label form kept for people. 253 octets at most, labels of 1 to 63 (RFC 1035 §2.3.4).
class Domain {
public:
    // Takes A-labels or U-labels (IDNA2008, RFC 5890). The error is a sentence that says what is wrong.
    static Result<Domain, std::string> parse(std::string_view text);
    const std::string& text() const { return text_; }
    std::string unicode() const;  // U-labels, for people and for SMTPUTF8 peers
    bool is_under(
        std::string_view suffix) const;  // strictly below "suffix" (lower case, no dot at either end)
    friend auto operator<=>(const Domain&, const Domain&) = default;

private:
    explicit Domain(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// The name that browsers make of what stands in a URI: UTS 46 takes away case, width, soft hyphens, and dots
// that are not full stops. ASCII, and not looked at any further: it may be "a_b.example" or "127.0.0.1".
std::optional<std::string> mapped_as_in_browsers(std::string_view text);

}  // namespace cursus
