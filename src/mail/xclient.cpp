#include "mail/xclient.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "mail/xtext.h"

namespace cursus {

namespace {

bool is_text(std::string_view text) {
    return !text.empty() && text.size() <= xclient_text_octets_max &&
           std::ranges::all_of(text, [](char c) { return is_printable(c); });
}

std::optional<std::string> parse_text(std::string_view value) {
    return is_text(value) ? std::optional(std::string(value)) : std::nullopt;
}

// A name that is going to stand where HELO's does.
std::optional<std::string> parse_name(std::string_view value) {
    return value.contains(' ') ? std::nullopt : parse_text(value);
}

std::optional<IpAddress> parse_address(std::string_view value) {
    constexpr std::string_view v6 = "IPV6:";
    const bool is_v6 = equal_ignoring_case(value.substr(0, v6.size()), v6);
    const auto text = is_v6 ? value.substr(v6.size()) : value;
    if (text.contains(':') != is_v6) return std::nullopt;
    return IpAddress::parse(text);
}

std::optional<bool> parse_protocol(std::string_view value) {
    if (equal_ignoring_case(value, "ESMTP")) return true;
    if (equal_ignoring_case(value, "SMTP")) return false;
    return std::nullopt;
}

// False: the value is malformed, or the attribute stands here twice.
template <class Value>
bool state(Stated<Value>& stated, std::string_view value, std::optional<Value> (*parse)(std::string_view)) {
    if (stated) return false;
    if (equal_ignoring_case(value, "[UNAVAILABLE]") || equal_ignoring_case(value, "[TEMPUNAVAIL]")) {
        stated = NotAvailable{};
        return true;
    }
    const auto decoded = decode_xtext(value);
    if (!decoded) return false;
    auto parsed = parse(*decoded);
    if (!parsed) return false;
    stated = *std::move(parsed);
    return true;
}

bool state(XclientStatement& s, std::string_view attribute, std::string_view value) {
    const auto is = [attribute](std::string_view name) { return equal_ignoring_case(attribute, name); };
    if (is("NAME")) return state(s.name, value, parse_name);
    if (is("ADDR")) return state(s.address, value, parse_address);
    if (is("PORT")) return state(s.port, value, parse_port);
    if (is("PROTO")) return state(s.is_extended, value, parse_protocol);
    if (is("HELO")) return state(s.helo, value, parse_name);
    if (is("LOGIN")) return state(s.login, value, parse_text);
    if (is("DESTADDR")) return state(s.server_address, value, parse_address);
    if (is("DESTPORT")) return state(s.server_port, value, parse_port);
    return false;
}

}  // namespace

std::optional<XclientStatement> parse_xclient(std::string_view argument) {
    XclientStatement statement;
    if (argument.empty()) return std::nullopt;
    while (!argument.empty()) {
        const auto space = argument.find(' ');
        const auto word = argument.substr(0, space);
        const auto rest = space == std::string_view::npos ? std::string_view() : argument.substr(space);
        argument = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        if (!state(statement, word.substr(0, equals), word.substr(equals + 1))) return std::nullopt;
    }
    return statement;
}

}  // namespace cursus
