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

// What a field stands for; nullopt: it must not be filled in.
std::optional<std::string> value_of(std::string_view field, const LocalAddress& address,
                                    const Person& person) {
    if (field == "{home}") return is_plain_path(person.home) ? std::optional(person.home) : std::nullopt;
    const std::string& value = field == "{user}"         ? person.user
                               : field == "{local_part}" ? address.user
                               : field == "{domain}"     ? address.domain
                                                         : address.detail;
    const bool may_be_empty = field == "{subaddress}";
    if (value.empty() && may_be_empty) return value;
    return can_be_name(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::string> filled(std::string_view text, const LocalAddress& address, const Person& person) {
    std::string out;
    while (true) {
        const auto brace = text.find('{');
        out += text.substr(0, brace);
        if (brace == std::string_view::npos) return out;
        text.remove_prefix(brace);
        const auto field = text.substr(0, text.find('}') + 1);
        auto value = value_of(field, address, person);
        if (!value) return std::nullopt;
        out += *value;
        text.remove_prefix(field.size());
    }
}

std::vector<std::string> words(const std::string& command) {
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
        root_ = rest.substr(0, rest.rfind('/', rest.find('{')));
    } else if (scheme == "pipe") {
        scheme_ = Scheme::Command;
        parts_ = words(rest);
    } else if (scheme == "lmtp") {
        scheme_ = Scheme::Lmtp;
        lmtp_host_ = rest;
    }
}

LocalAddress MailboxTemplate::take_apart(const Mailbox& mailbox) const {
    return cursus::take_apart(mailbox, subaddress_, own_name_);
}

std::optional<MailboxPlace> MailboxTemplate::of(const LocalAddress& address, const Person& person) const {
    std::vector<std::string> parts;
    for (const std::string& part : parts_) {
        auto text = filled(part, address, person);
        if (!text) return std::nullopt;
        // A local part must not become an option of the command.
        if (part.starts_with('{') && text->starts_with('-')) return std::nullopt;
        parts.push_back(std::move(*text));
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
