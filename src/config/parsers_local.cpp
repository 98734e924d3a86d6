// Options of local delivery: mailboxes, users, lists of aliases.
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/parsers.h"
#include "mail/target.h"

namespace cursus {
namespace {

using Parsed = Result<void, std::string>;

constexpr std::array<std::string_view, 5> template_fields{"{user}", "{home}", "{local_part}", "{domain}",
                                                          "{subaddress}"};

// Every brace opens a field that there is.
Parsed check_fields(std::string_view text) {
    for (auto brace = text.find_first_of("{}"); brace != std::string_view::npos;
         brace = text.find_first_of("{}", brace)) {
        bool is_known = false;
        for (const auto field : template_fields) {
            if (!text.substr(brace).starts_with(field)) continue;
            brace += field.size();
            is_known = true;
        }
        if (!is_known)
            return failure(fmt::format("\"{}\": what stands at {} is none of {}", text, text.substr(brace),
                                       fmt::join(template_fields, ", ")));
    }
    return {};
}

Parsed check_own_mailbox(std::string_view text) {
    for (const std::string_view field : {"{user}", "{home}", "{local_part}"})
        if (text.contains(field)) return {};
    return failure(
        fmt::format("\"{}\" would put everyone's mail into one mailbox; write {{user}}, {{home}} or "
                    "{{local_part}} into the path",
                    text));
}

Parsed check_path(std::string_view text, std::string_view path) {
    if (path.empty()) return failure(fmt::format("\"{}\" names no mailbox; write a path behind it", text));
    if (!path.starts_with('/') && !path.starts_with("{home}/"))
        return failure(fmt::format("\"{}\": the path must begin with / or {{home}}/", text));
    return check_own_mailbox(text);
}

Parsed check_mailbox_template(const std::string& text) {
    const auto colon = text.find(':');
    const std::string_view scheme = std::string_view(text).substr(0, colon);
    const std::string_view rest = colon == std::string::npos ? "" : std::string_view(text).substr(colon + 1);
    if (colon != std::string::npos && (scheme == "maildir" || scheme == "mbox")) {
        TRY_VOID(check_fields(text));
        return check_path(text, rest);
    }
    if (colon != std::string::npos && scheme == "pipe") {
        const auto command = parse_targets("|" + std::string(rest));
        if (!command) return failure(fmt::format("\"{}\": {}", text, command.error().what));
        if (command->size() != 1) return failure(fmt::format("\"{}\" is more than one command", text));
        return check_fields(text);
    }
    if (text == "discard:") return {};
    if (colon != std::string::npos && scheme == "lmtp") {
        TRY_VOID(parse_host(rest));
        return {};
    }
    return failure(
        fmt::format("\"{}\" is no mailbox; write \"maildir:PATH\", \"mbox:PATH\", \"lmtp:HOST:PORT\", "
                    "\"lmtp:unix:PATH\", \"pipe:/COMMAND ARGUMENTS\" or \"discard:\"",
                    text));
}

bool names_table(std::string_view text) {
    constexpr std::string_view prefix = "table:";
    return text.starts_with(prefix) && text.size() > prefix.size();
}

Parsed check_list(const std::string& text) {
    if (text.starts_with('/') || names_table(text)) return {};
    return failure(
        fmt::format("\"{}\" is no list; write a path that begins with /, or \"table:NAME\"", text));
}

}  // namespace

Option mailbox_template_option(std::string key, std::string& field, std::string help) {
    return parsed_option(std::move(key),
                         "\"maildir:PATH\", \"mbox:PATH\", \"lmtp:...\", \"pipe:...\" or \"discard:\"",
                         std::move(help), '"' + field + '"', [&field](const std::string& text) -> Parsed {
                             TRY_VOID(check_mailbox_template(text));
                             field = text;
                             return {};
                         });
}

Option users_option(std::string key, std::string& field, std::string help) {
    return parsed_option(
        std::move(key), "\"system\", \"any\" or \"table:NAME\"", std::move(help), '"' + field + '"',
        [&field](const std::string& text) -> Parsed {
            if (text != "system" && text != "any" && !names_table(text))
                return failure(fmt::format("\"{}\" is none of \"system\", \"any\" and \"table:NAME\"", text));
            field = text;
            return {};
        });
}

Option list_name_option(std::string key, std::string& field, std::string help) {
    return parsed_option(std::move(key), "a path or \"table:NAME\"", std::move(help),
                         "none; it must be given", [&field](const std::string& text) -> Parsed {
                             TRY_VOID(check_list(text));
                             field = text;
                             return {};
                         });
}

Option aliases_option(std::string key, std::optional<std::vector<std::string>>& field, std::string help) {
    return list_option(
        std::move(key), "a list of paths or \"table:NAME\"", std::move(help),
        "[\"/etc/aliases\"], if it is there", [&field] { field.emplace(); },
        [&field](const std::string& text) -> Parsed {
            TRY_VOID(check_list(text));
            field->push_back(text);
            return {};
        });
}

Option list_kinds_option(std::string key, std::vector<ListKind>& field, std::string help) {
    return list_option(
        std::move(key), "a list of \"aliases\", \"include\" and \"forward\"", std::move(help),
        "[\"aliases\", \"forward\"]", [&field] { field.clear(); },
        [&field](const std::string& text) -> Parsed {
            constexpr std::array<std::string_view, 3> names{"aliases", "include", "forward"};
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (text != names[i]) continue;
                field.push_back(static_cast<ListKind>(i));
                return {};
            }
            return failure(fmt::format("\"{}\" is none of \"aliases\", \"include\" and \"forward\"", text));
        });
}

}  // namespace cursus
