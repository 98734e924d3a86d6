#include "route/mailbox_place.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "mail/target.h"

namespace cursus {

namespace {

constexpr std::size_t folder_octets_max = 64;

// A home directory comes from the system or a table; a relative one, or one that climbs, is no place for
// mail.
bool is_plain_path(std::string_view path) {
    return path.starts_with('/') && !path.contains("/../") && !path.ends_with("/..") &&
           std::ranges::none_of(path, is_control);
}

using Filled = Result<std::string, NoPlace>;

Filled value_of(std::string_view field, const LocalAddress& address, const Person& person) {
    if (field == "{home}") return is_plain_path(person.home) ? Filled(person.home) : failure(NoPlace::Person);
    // A virtual user has the name of the address.
    if (field == "{user}" && person.system)
        return can_be_name(person.user) ? Filled(person.user) : failure(NoPlace::Person);
    const std::string& value = field == "{user}" || field == "{local_part}" ? address.user
                               : field == "{domain}"                        ? address.domain
                                                                            : address.detail;
    if (value.empty() && field == "{subaddress}") return value;
    return can_be_name(value) ? Filled(value) : failure(NoPlace::Address);
}

Filled filled(std::string_view text, const LocalAddress& address, const Person& person) {
    std::string out;
    while (true) {
        const auto brace = text.find('{');
        out += text.substr(0, brace);
        if (brace == std::string_view::npos) return out;
        text.remove_prefix(brace);
        const auto field = text.substr(0, text.find('}') + 1);
        TRY(value, value_of(field, address, person));
        out += value;
        text.remove_prefix(field.size());
    }
}

std::vector<std::string> arguments_of(const std::string& command) {
    const auto targets = parse_targets("|" + command);
    if (!targets || targets->size() != 1) return {};
    const auto* parsed = std::get_if<CommandTarget>(&targets->front().target);
    return parsed == nullptr ? std::vector<std::string>() : parsed->arguments;
}

}  // namespace

std::optional<std::string> folder_of(const std::string& detail) {
    if (detail.empty() || detail.size() > folder_octets_max || !can_be_name(detail)) return std::nullopt;
    if (detail.contains('.')) return std::nullopt;  // Maildir++ writes a dot for a step down
    return "." + detail;
}

MailboxTemplate::MailboxTemplate(const Settings& settings)
    : subaddress_(settings.local.subaddress), has_folders_(settings.local.folders) {
    if (settings.hostname) own_name_ = settings.hostname->text();
    const std::string& text = settings.local.mailbox;
    const auto colon = text.find(':');
    const std::string scheme = text.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (scheme == "maildir" || scheme == "mbox") {
        scheme_ = scheme == "maildir" ? Scheme::Maildir : Scheme::Mbox;
        parts_ = {rest};
        const auto slash = rest.rfind('/', rest.find('{'));
        root_ = slash == std::string::npos ? "" : rest.substr(0, slash);
    } else if (scheme == "pipe") {
        scheme_ = Scheme::Command;
        parts_ = arguments_of(rest);
    } else if (scheme == "lmtp") {
        scheme_ = Scheme::Lmtp;
        lmtp_host_ = rest;
    }
}

LocalAddress MailboxTemplate::take_apart(const Mailbox& mailbox) const {
    return cursus::take_apart(mailbox, subaddress_, own_name_);
}

Result<MailboxPlace, NoPlace> MailboxTemplate::of(const LocalAddress& address, const Person& person) const {
    std::vector<std::string> parts;
    for (const std::string& part : parts_) {
        TRY(text, filled(part, address, person));
        // A local part must not become an option of the command.
        if (part.starts_with('{') && text.starts_with('-')) return failure(NoPlace::Address);
        parts.push_back(std::move(text));
    }
    switch (scheme_) {
        case Scheme::Maildir: {
            auto folder = has_folders_ ? folder_of(address.detail) : std::nullopt;
            return MaildirPlace{std::move(parts.front()), std::move(folder).value_or("")};
        }
        case Scheme::Mbox:
            return MboxPlace{std::move(parts.front())};
        case Scheme::Command:
            return CommandPlace{std::move(parts)};
        case Scheme::Lmtp:
            return LmtpPlace{};
        case Scheme::Discard:
            return DiscardPlace{};
    }
    std::unreachable();
}

}  // namespace cursus
