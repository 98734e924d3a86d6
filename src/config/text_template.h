// Texts that operators write, with values in them: "{client.address} is listed at {dnslist.zone}".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace cursus {

enum class TextValue : std::uint8_t {
    ClientAddress,
    ClientName,
    ClientCountry,
    Helo,
    Sender,
    SenderDomain,
    Recipient,
    Account,
    Session,
    Hostname,
    ListZone,
    ListReason,
    ListScore,
    VirusName,
    SpamScore,
    SpamSymbols,
    Malformed,
    Size,
};

// What a value may bring into a text. Longer ones are cut, and octets that could end a line or a field become
// "?".
inline constexpr std::size_t text_value_octets_max = 200;

class TextTemplate {
public:
    TextTemplate() = default;
    // One line of ASCII; "{{" and "}}" are braces. The error is a sentence.
    static Result<TextTemplate, std::string> parse(std::string_view text);

    // What a value holds is never read as a template again.
    std::string fill(const std::function<std::string(TextValue)>& value) const;
    bool empty() const { return parts_.empty(); }
    const std::string& text() const { return text_; }  // as it was written
    friend bool operator==(const TextTemplate& a, const TextTemplate& b) { return a.text_ == b.text_; }

private:
    std::string text_;
    std::vector<std::variant<std::string, TextValue>> parts_;
};

}  // namespace cursus
