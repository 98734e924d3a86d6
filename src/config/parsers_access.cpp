#include "config/parsers_access.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "config/parsers.h"

namespace cursus {
namespace {

using Parsed = Result<void, std::string>;

constexpr std::string_view pam_service_default = "smtp";

std::string shown_source(const AccountSource& source) {
    switch (source.kind) {
        case AccountStore::None:
            return "none";
        case AccountStore::File:
            return fmt::format("\"{}\"", source.what);
        case AccountStore::Table:
            return fmt::format("\"table:{}\"", source.what);
        case AccountStore::Ldap:
            return fmt::format("\"ldap:{}\"", source.what);
        case AccountStore::Pam:
            return fmt::format("\"pam:{}\"", source.what);
        case AccountStore::Dovecot:
            return fmt::format("\"dovecot:{}\"", source.what);
    }
    std::unreachable();
}

// PAM reads the file of that name, so it is a plain word.
bool is_pam_service(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Result<AccountSource, std::string> parse_source(const std::string& text) {
    struct Scheme {
        std::string_view prefix;
        AccountStore kind;
        bool wants_path;
    };
    static constexpr std::array schemes{
        Scheme{"table:", AccountStore::Table, false}, Scheme{"ldap:", AccountStore::Ldap, false},
        Scheme{"pam:", AccountStore::Pam, false}, Scheme{"dovecot:", AccountStore::Dovecot, true}};
    if (text.starts_with('/')) return AccountSource{AccountStore::File, text};
    if (text == "pam") return AccountSource{AccountStore::Pam, std::string(pam_service_default)};
    for (const auto& scheme : schemes) {
        if (!text.starts_with(scheme.prefix)) continue;
        std::string what = text.substr(scheme.prefix.size());
        const bool is_right = scheme.wants_path                  ? what.starts_with('/')
                              : scheme.kind == AccountStore::Pam ? is_pam_service(what)
                                                                 : !what.empty();
        if (is_right) return AccountSource{scheme.kind, std::move(what)};
    }
    return failure(
        fmt::format("\"{}\" keeps no accounts; write a file's path, \"pam\", \"pam:SERVICE\", "
                    "\"dovecot:/path/of/auth-client\", \"table:NAME\" or \"ldap:NAME\"",
                    text));
}

Result<std::string, std::string> parse_fingerprint(const std::string& text) {
    constexpr std::size_t digits_of_sha256 = 64;
    std::string digits = to_lower(text);
    std::erase(digits, ':');
    const bool is_right = digits.size() == digits_of_sha256 &&
                          digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (is_right) return digits;
    return failure(
        fmt::format("\"{}\" is no SHA-256 fingerprint; write what `openssl x509 -noout "
                    "-fingerprint -sha256 -in FILE` prints behind the =",
                    text));
}

}  // namespace

Option account_source_option(std::string key, AccountSource& field, std::string help) {
    return parsed_option(std::move(key),
                         "a file's path, \"pam\", \"pam:SERVICE\", \"dovecot:PATH\", \"table:NAME\" or "
                         "\"ldap:NAME\"",
                         std::move(help), shown_source(field), [&field](const std::string& text) -> Parsed {
                             TRY(source, parse_source(text));
                             field = std::move(source);
                             return {};
                         });
}

Option mechanisms_option(std::string key, std::vector<Mechanism>& field, std::string help) {
    return list_option(
        std::move(key), "a list of mechanisms' names", std::move(help), "all", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            const auto mechanism = mechanism_named(text);
            if (!mechanism) {
                std::vector<std::string_view> names;
                for (const Mechanism known : all_mechanisms) names.push_back(name(known));
                return failure(fmt::format("\"{}\" is no mechanism that is known here; write some of {}",
                                           text, fmt::join(names, ", ")));
            }
            field.push_back(*mechanism);
            return {};
        });
}

Option fingerprints_option(std::string key, std::vector<std::string>& field, std::string help) {
    return list_option(
        std::move(key), "a list of SHA-256 fingerprints", std::move(help), "[]", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            TRY(fingerprint, parse_fingerprint(text));
            field.push_back(std::move(fingerprint));
            return {};
        });
}

Option sender_policy_option(std::string key, SubmissionSettings& settings, std::string help) {
    return parsed_option(
        std::move(key), "\"account\", \"table:NAME\" or \"any\"", std::move(help), "\"account\"",
        [&settings](const std::string& text) -> Parsed {
            constexpr std::string_view scheme = "table:";
            settings.senders_table.clear();
            if (text == "account") {
                settings.senders = SenderPolicy::Account;
            } else if (text == "any") {
                settings.senders = SenderPolicy::Any;
            } else if (text.starts_with(scheme) && text.size() > scheme.size()) {
                settings.senders = SenderPolicy::Table;
                settings.senders_table = text.substr(scheme.size());
            } else {
                return failure(fmt::format(
                    "\"{}\" is not known here; write \"account\", \"table:NAME\" or \"any\"", text));
            }
            return {};
        });
}

// RFC 6710 §5: -9 to 9.
Option priority_option(std::string key, std::int8_t& field, std::string help) {
    return {std::move(key), "a number, -9 to 9", std::move(help), fmt::format("{}", field),
            [&field](const ConfigValue& value) -> Result<void, ConfigError> {
                constexpr std::int64_t most = 9;
                const auto* number = std::get_if<std::int64_t>(&value.value);
                if (number == nullptr || *number < -most || *number > most)
                    return failure(ConfigError{value.place, "this key takes a number, -9 to 9"});
                field = static_cast<std::int8_t>(*number);
                return {};
            }};
}

}  // namespace cursus
