#include "config/text_template.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "config/suggest.h"

namespace cursus {
namespace {

struct NamedValue {
    std::string_view name;
    TextValue value;
};
constexpr std::array named_values{
    NamedValue{"client.address", TextValue::ClientAddress},
    NamedValue{"client.name", TextValue::ClientName},
    NamedValue{"client.country", TextValue::ClientCountry},
    NamedValue{"helo", TextValue::Helo},
    NamedValue{"sender", TextValue::Sender},
    NamedValue{"sender.domain", TextValue::SenderDomain},
    NamedValue{"recipient", TextValue::Recipient},
    NamedValue{"account", TextValue::Account},
    NamedValue{"session", TextValue::Session},
    NamedValue{"hostname", TextValue::Hostname},
    NamedValue{"dnslist.zone", TextValue::ListZone},
    NamedValue{"dnslist.reason", TextValue::ListReason},
    NamedValue{"dnslist.score", TextValue::ListScore},
    NamedValue{"virus.name", TextValue::VirusName},
    NamedValue{"spam.score", TextValue::SpamScore},
    NamedValue{"spam.symbols", TextValue::SpamSymbols},
    NamedValue{"malformed", TextValue::Malformed},
    NamedValue{"size", TextValue::Size},
};

Result<TextValue, std::string> value_named(std::string_view name) {
    const auto* const found = std::ranges::find(named_values, name, &NamedValue::name);
    if (found != named_values.end()) return found->value;
    std::vector<std::string> known;
    for (const auto& value : named_values) known.emplace_back(value.name);
    return failure(fmt::format("there is no value {{{}}}; {}", name, suggestion(std::string(name), known)));
}

// In octets that are part of a reply or a header field whatever a client has put into them.
std::string harmless(std::string_view value) {
    std::string text(value.substr(0, text_value_octets_max));
    std::ranges::replace_if(text, [](char c) { return !is_printable(c); }, '?');
    return text;
}

}  // namespace

Result<TextTemplate, std::string> TextTemplate::parse(std::string_view text) {
    TextTemplate parsed;
    parsed.text_ = text;
    std::string literal;
    const auto end_literal = [&] {
        if (!literal.empty()) parsed.parts_.emplace_back(std::exchange(literal, {}));
    };
    while (!text.empty()) {
        const char c = text.front();
        if (is_control(c))
            return failure(std::string("a text stands on one line, without control characters"));
        // RFC 5321 §4.2.
        if (!is_ascii(c))
            return failure(
                std::string("a text is ASCII, as replies are; write other letters in ASCII, as "
                            "\"ue\" for a \"u\" with dots"));
        if (c != '{' && c != '}') {
            literal += c;
            text.remove_prefix(1);
            continue;
        }
        if (text.size() > 1 && text[1] == c) {
            literal += c;
            text.remove_prefix(2);
            continue;
        }
        const auto end = text.find('}');
        if (c == '}' || end == std::string_view::npos)
            return failure(std::string("a brace by itself is written twice: \"{{\" or \"}}\""));
        TRY(value, value_named(text.substr(1, end - 1)));
        end_literal();
        parsed.parts_.emplace_back(value);
        text.remove_prefix(end + 1);
    }
    end_literal();
    return parsed;
}

std::string TextTemplate::fill(const std::function<std::string(TextValue)>& value) const {
    std::string filled;
    for (const auto& part : parts_) {
        if (const auto* literal = std::get_if<std::string>(&part))
            filled += *literal;
        else
            filled += harmless(value(std::get<TextValue>(part)));
    }
    return filled;
}

}  // namespace cursus
