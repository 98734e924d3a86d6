#include "route/mailbox_path.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

namespace {

constexpr std::string_view scheme = "maildir:";

bool is_allowed(char c) {
    return is_alpha(c) || is_digit(c) || !is_ascii(c) || std::string_view("._+=-").contains(c);
}

bool can_be_name(std::string_view text) {
    return !text.empty() && text.front() != '.' && std::ranges::all_of(text, is_allowed) && is_utf8(text) &&
           !has_c1_control(text);
}

std::string filled(std::string_view text, std::string_view domain, std::string_view local_part) {
    std::string path;
    while (!text.empty()) {
        const auto brace = text.find('{');
        path += text.substr(0, brace);
        if (brace == std::string_view::npos) break;
        text.remove_prefix(brace);
        const auto end = text.find('}');
        const std::string_view field = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
        path += field == "{domain}" ? domain : field == "{local_part}" ? local_part : field;
        text.remove_prefix(field.size());
    }
    return path;
}

}  // namespace

MailboxPath::MailboxPath(const Settings& settings) : subaddress_(settings.local.subaddress) {
    std::string_view text = settings.local.mailbox;
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    template_ = text;
    root_ = text.substr(0, text.rfind('/', text.find('{')));
    if (settings.hostname) own_name_ = settings.hostname->text();
}

std::optional<std::string> MailboxPath::of(const Mailbox& mailbox) const {
    std::string local_part = to_lower(mailbox.local_part());
    if (!subaddress_.empty()) {
        const auto tail = local_part.find(subaddress_, 1);
        if (tail != std::string::npos) local_part.resize(tail);
    }
    // An address literal of ours is this host by another name.
    const std::string& domain = mailbox.domain() != nullptr ? mailbox.domain()->text() : own_name_;
    if (!can_be_name(local_part) || !can_be_name(domain)) return std::nullopt;
    return filled(template_, domain, local_part);
}

}  // namespace cursus
