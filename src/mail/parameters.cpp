#include "mail/parameters.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "base/text.h"
#include "mail/xtext.h"

namespace cursus {
namespace {

struct Parameter {
    std::string keyword;                    // upper case
    std::optional<std::string_view> value;  // not empty
};

// RFC 5321 §4.1.2, esmtp-param; UTF-8 in values is RFC 6531's and RFC 6533's. Every keyword once (RFC 3461
// §4.5).
Result<std::vector<Parameter>, CommandError> split_parameters(std::string_view text) {
    std::vector<Parameter> parameters;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const auto equals = word.find('=');
        Parameter parameter{to_upper(word.substr(0, equals)), std::nullopt};
        const auto is_keyword = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
        if (parameter.keyword.empty() || parameter.keyword[0] == '-')
            return failure(CommandError::ParameterSyntax);
        if (!std::ranges::all_of(parameter.keyword, is_keyword))
            return failure(CommandError::ParameterSyntax);
        if (equals != std::string_view::npos) {
            parameter.value = word.substr(equals + 1);
            if (parameter.value->empty() || parameter.value->contains('='))
                return failure(CommandError::ParameterSyntax);
        }
        if (std::ranges::find(parameters, parameter.keyword, &Parameter::keyword) != parameters.end()) {
            return failure(CommandError::ParameterTwice);
        }
        if (parameters.size() == parameters_max) return failure(CommandError::ParameterSyntax);
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

// RFC 1870 §5: up to 20 digits, which may say more than 64 bits hold. Nobody takes a message that large.
std::optional<std::uint64_t> parse_size(std::string_view text) {
    constexpr std::uint64_t size_max = std::numeric_limits<std::int64_t>::max();
    if (text.size() > 20 || !std::ranges::all_of(text, [](char c) { return is_digit(c); }))
        return std::nullopt;
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error == std::errc::result_out_of_range) return size_max;
    return std::min(size, size_max);
}

std::optional<Body> parse_body(std::string_view text) {
    if (equal_ignoring_case(text, "7BIT")) return Body::SevenBit;
    if (equal_ignoring_case(text, "8BITMIME")) return Body::EightBitMime;
    if (equal_ignoring_case(text, "BINARYMIME")) return Body::BinaryMime;
    return std::nullopt;
}

std::optional<Ret> parse_ret(std::string_view text) {
    if (equal_ignoring_case(text, "FULL")) return Ret::Full;
    if (equal_ignoring_case(text, "HDRS")) return Ret::Headers;
    return std::nullopt;
}

std::optional<std::string> parse_envid(std::string_view text) {
    if (text.size() > envid_octets_max) return std::nullopt;
    return decode_xtext(text);
}

// RFC 4954 §5. Nothing is decided by it here, so whatever decodes is taken: clients put more than mailboxes
// there.
std::optional<std::string> parse_auth_parameter(std::string_view text) {
    if (text == "<>") return std::string(text);
    return decode_xtext(text);
}

// RFC 3461 §4.1: NEVER alone, or a list of the others.
std::optional<Notify> parse_notify(std::string_view text) {
    Notify notify{.is_set = true};
    if (equal_ignoring_case(text, "NEVER")) return notify;
    for (bool more = true; more;) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        if (equal_ignoring_case(word, "SUCCESS"))
            notify.success = true;
        else if (equal_ignoring_case(word, "FAILURE"))
            notify.failure = true;
        else if (equal_ignoring_case(word, "DELAY"))
            notify.delay = true;
        else
            return std::nullopt;
        more = comma != std::string_view::npos;
        if (more) text.remove_prefix(comma + 1);
    }
    return notify;
}

// Stores what `parse` makes of the value; false when there is no value or it is not one.
template <class T>
bool take_value(const Parameter& parameter, std::optional<T> (*parse)(std::string_view),
                std::optional<T>& into) {
    if (!parameter.value) return false;
    into = parse(*parameter.value);
    return into.has_value();
}

// A parameter that is its keyword alone.
bool take_flag(const Parameter& parameter, bool& into) {
    into = true;
    return !parameter.value;
}

}  // namespace

Result<MailParameters, CommandError> parse_mail_parameters(std::string_view text) {
    TRY(parameters, split_parameters(text));
    MailParameters result;
    for (const auto& parameter : parameters) {
        bool is_good = true;
        if (parameter.keyword == "SIZE")
            is_good = take_value(parameter, parse_size, result.size);
        else if (parameter.keyword == "BODY")
            is_good = take_value(parameter, parse_body, result.body);
        else if (parameter.keyword == "SMTPUTF8")
            is_good = take_flag(parameter, result.smtputf8);
        else if (parameter.keyword == "REQUIRETLS")
            is_good = take_flag(parameter, result.require_tls);
        else if (parameter.keyword == "RET")
            is_good = take_value(parameter, parse_ret, result.ret);
        else if (parameter.keyword == "ENVID")
            is_good = take_value(parameter, parse_envid, result.envid);
        else if (parameter.keyword == "AUTH")
            is_good = take_value(parameter, parse_auth_parameter, result.auth);
        else if (parameter.keyword == "HOLDFOR" || parameter.keyword == "HOLDUNTIL") {
            if (result.hold) return failure(CommandError::ParameterTwice);  // RFC 4865 §4.2, 9)
            const auto parse = parameter.keyword == "HOLDFOR" ? parse_hold_for : parse_hold_until;
            is_good = take_value(parameter, parse, result.hold);
        } else if (parameter.keyword == "BY")
            is_good = take_value(parameter, parse_deliver_by, result.deliver_by);
        else if (parameter.keyword == "MT-PRIORITY")
            is_good = take_value(parameter, parse_priority, result.priority);
        else
            result.unknown.push_back(parameter.keyword);
        if (!is_good) return failure(CommandError::ParameterValue);
    }
    return result;
}

Result<RcptParameters, CommandError> parse_rcpt_parameters(std::string_view text) {
    TRY(parameters, split_parameters(text));
    RcptParameters result;
    for (const auto& parameter : parameters) {
        bool is_good = true;
        if (parameter.keyword == "NOTIFY")
            is_good = take_value(parameter, parse_notify, result.notify);
        else if (parameter.keyword == "ORCPT")
            is_good = take_value(parameter, decode_orcpt, result.orcpt);
        else
            result.unknown.push_back(parameter.keyword);
        if (!is_good) return failure(CommandError::ParameterValue);
    }
    return result;
}

}  // namespace cursus
