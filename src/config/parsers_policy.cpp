#include "config/parsers_policy.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/ip.h"
#include "base/number.h"
#include "base/text.h"
#include "config/conditions.h"
#include "config/parsers.h"
#include "mail/header.h"

namespace cursus {
namespace {

using Parsed = Result<void, std::string>;

// What may stand in a header field (RFC 5322 §2.2), and what to write for what may not (RFC 2047 §4).
Parsed check_field_text(std::string_view text) {
    if (has_control(text))
        return failure(std::string("a header field stands on one line, without control characters"));
    if (!is_ascii(text))
        return failure(
            std::string("a header field is ASCII; write other letters as an encoded word, as "
                        "\"=?UTF-8?Q?f=C3=BCr?=\""));
    return {};
}

Result<FieldTemplate, std::string> field_template_of(const std::string& text) {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    if (colon == std::string::npos || !is_field_name(name))
        return failure(fmt::format("\"{}\" is no header field; write \"X-Spam-Flag: YES\"", text));
    TRY_VOID(check_field_text(text));
    const auto body = std::min(text.find_first_not_of(' ', colon + 1), text.size());
    TRY(parsed, TextTemplate::parse(std::string_view(text).substr(body)));
    return FieldTemplate{name, std::move(parsed)};
}

bool is_reply_code(std::string_view word) {
    return word.size() == 3 && std::ranges::all_of(word, is_digit) && (word[0] == '4' || word[0] == '5');
}

// A number of 127/8, RFC 5782 §2.1.
Result<std::uint32_t, std::string> answer_number(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address || !address->is_v4() || !address->is_loopback())
        return failure(fmt::format("\"{}\" is no answer of a list; write \"127.0.0.2\"", text));
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | address->octets()[i];
    return number;
}

Result<ListAnswerPattern, std::string> answer_of(const std::string& text) {
    if (text.starts_with('&')) {
        const auto bits = parse_number<std::uint32_t>(std::string_view(text).substr(1));
        if (bits && *bits > 0 && *bits < 256) return ListAnswerPattern{0, 0, *bits};
        return failure(fmt::format("\"{}\" names no bits; write \"&4\"", text));
    }
    const auto dash = text.find('-');
    TRY(first, answer_number(std::string_view(text).substr(0, dash)));
    if (dash == std::string::npos) return ListAnswerPattern{first, first, 0};
    TRY(last, answer_number(std::string_view(text).substr(dash + 1)));
    if (last < first) return failure(fmt::format("\"{}\" ends before it begins", text));
    return ListAnswerPattern{first, last, 0};
}

// The scheme may be left out.
Result<ServiceAddress, std::string> server_behind(const std::string& scheme, const std::string& text) {
    return parse_service_address(text.starts_with(scheme) ? std::string_view(text).substr(scheme.size())
                                                          : std::string_view(text));
}

}  // namespace

Option conditions_option(std::string key, ConditionGroup& field, std::string help) {
    return {std::move(key), "a table of conditions", std::move(help), "{}; it always holds",
            [&field](const ConfigValue& value) -> Result<void, ConfigError> {
                TRY(conditions, parse_conditions(value));
                field = std::move(conditions);
                return {};
            }};
}

Option reply_text_option(std::string key, std::optional<Status>& status, TextTemplate& text,
                         std::string help) {
    return parsed_option(
        std::move(key), "a text, values in braces", std::move(help), "none",
        [&](const std::string& written) -> Parsed {
            const auto space = std::min(written.find(' '), written.size());
            const std::string_view first = std::string_view(written).substr(0, space);
            if (is_reply_code(first))
                return failure(
                    fmt::format("the reply's code is the action's own: write the text without {}", first));
            status = Status::parse(first);
            const auto begin = status ? std::min(space + 1, written.size()) : 0;
            TRY(parsed, TextTemplate::parse(std::string_view(written).substr(begin)));
            text = std::move(parsed);
            return {};
        });
}

Option field_templates_option(std::string key, std::vector<FieldTemplate>& field, std::string help) {
    return list_option(
        std::move(key), "a list of header fields", std::move(help), "[]", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            TRY(parsed, field_template_of(text));
            field.push_back(std::move(parsed));
            return {};
        });
}

Option field_text_option(std::string key, TextTemplate& field, std::string help) {
    return parsed_option(std::move(key), "a text, values in braces", std::move(help), "none",
                         [&field](const std::string& text) -> Parsed {
                             TRY_VOID(check_field_text(text));
                             TRY(parsed, TextTemplate::parse(text));
                             field = std::move(parsed);
                             return {};
                         });
}

Option word_option(std::string key, std::string& field, std::string syntax, std::string help) {
    return parsed_option(std::move(key), std::move(syntax), std::move(help), '"' + field + '"',
                         [&field](const std::string& text) -> Parsed {
                             field = to_lower(text);
                             return {};
                         });
}

Option field_names_option(std::string key, std::vector<std::string>& field, std::string help) {
    return list_option(
        std::move(key), "a list of header fields' names", std::move(help), "[]", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            if (!is_field_name(text) || text.contains('*'))
                return failure(fmt::format(
                    "\"{}\" is no header field's name; write it whole, as \"X-Spam-Flag\"", text));
            field.push_back(text);
            return {};
        });
}

Option mailbox_option(std::string key, std::optional<Mailbox>& field, std::string help) {
    return parsed_option(std::move(key), "an address", std::move(help), "none",
                         [&field](const std::string& text) -> Parsed {
                             auto mailbox = Mailbox::parse(text);
                             if (!mailbox) return failure(fmt::format("\"{}\" is no address", text));
                             field = *std::move(mailbox);
                             return {};
                         });
}

Option advisor_option(std::string key, std::optional<AdvisorAddress>& field, std::string help) {
    return parsed_option(std::move(key), "\"policy:HOST:PORT\", \"policy:unix:/path\" or a URL",
                         std::move(help), "none", [&field](const std::string& text) -> Parsed {
                             TRY(address, parse_advisor_address(text));
                             field = std::move(address);
                             return {};
                         });
}

Option zone_option(std::string key, std::string& field, std::string help) {
    return parsed_option(std::move(key), "a domain name", std::move(help), "none",
                         [&field](const std::string& text) -> Parsed {
                             TRY(domain, Domain::parse(text));
                             field = domain.text();
                             return {};
                         });
}

Option answers_option(std::string key, std::vector<ListAnswerPattern>& field, std::string help) {
    return list_option(
        std::move(key), "a list of answers: \"127.0.0.2\", \"127.0.0.4-127.0.0.11\", \"&4\"", std::move(help),
        "all that are no errors", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            TRY(answer, answer_of(text));
            field.push_back(answer);
            return {};
        });
}

Option score_option(std::string key, double& field, std::string help) {
    constexpr double most = 1000;
    return {std::move(key), "a number, -1000 to 1000", std::move(help), fmt::format("{}", field),
            [&field](const ConfigValue& value) -> Result<void, ConfigError> {
                double score = 0;
                if (const auto* whole = std::get_if<std::int64_t>(&value.value))
                    score = static_cast<double>(*whole);
                else if (const auto* number = std::get_if<double>(&value.value))
                    score = *number;
                else
                    return failure(ConfigError{value.place, "this key takes a number, -1000 to 1000"});
                if (!std::isfinite(score) || std::abs(score) > most)
                    return failure(ConfigError{value.place, "this key takes a number, -1000 to 1000"});
                field = score;
                return {};
            }};
}

Option servers_option(std::string key, std::vector<ServiceAddress>& field, std::string scheme,
                      std::string help) {
    auto syntax = fmt::format("a list of servers, \"{}127.0.0.1:PORT\" or \"unix:/path\"", scheme);
    return list_option(
        std::move(key), std::move(syntax), std::move(help), "[]", [&field] { field.clear(); },
        [&field, scheme = std::move(scheme)](const std::string& text) -> Parsed {
            TRY(server, server_behind(scheme, text));
            field.push_back(std::move(server));
            return {};
        });
}

Option milters_option(std::string key, std::vector<MilterSettings>& field, std::string help) {
    return list_option(
        std::move(key), "a list of milters, \"inet:127.0.0.1:8891\" or \"unix:/path\"", std::move(help), "[]",
        [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            TRY(server, server_behind("inet:", text));
            field.push_back({std::move(server)});
            return {};
        });
}

}  // namespace cursus
