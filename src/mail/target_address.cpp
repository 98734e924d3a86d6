#include "mail/target_address.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

std::string reason(AddressError error) {
    switch (error) {
        case AddressError::NoDomain:
        case AddressError::Syntax:
            return "write user or user@domain, a comma between two of them, and quotes around a local part "
                   "with "
                   "other characters than letters, digits and !#$%&'*+-/=?^_`{|}~ or single dots between "
                   "them";
        case AddressError::ControlByte:
            return "a control byte stands in it: take it out";
        case AddressError::LocalPartTooLong:
            return fmt::format("its local part has more than {} octets", local_part_octets_max);
        case AddressError::PathTooLong:
            return "it is longer than RFC 5321 §4.5.3.1.3 allows";
        case AddressError::BadDomain:
            return "its domain is not a domain name";
        case AddressError::NotUtf8:
            return "it is not UTF-8: save the file as UTF-8";
    }
    return {};
}

std::string no_address(std::string_view text, std::string_view why) {
    return fmt::format("\"{}\" is no address: {}", excerpt(text), why);
}

// Comments of RFC 5322 §3.2.2 become a space.
Result<std::string, std::string> without_comments(std::string_view item) {
    std::string text;
    std::size_t depth = 0;
    bool is_quoted = false;
    for (std::size_t i = 0; i < item.size(); ++i) {
        const bool is_pair = item[i] == '\\' && (is_quoted || depth > 0) && i + 1 < item.size();
        const auto piece = item.substr(i, is_pair ? 2 : 1);
        if (is_pair) ++i;
        if (depth == 0 && piece == "\"") is_quoted = !is_quoted;
        if (!is_quoted && piece == "(" && depth++ == 0) text += ' ';
        if (depth == 0) text += piece;
        if (!is_quoted && piece == ")" && depth > 0) --depth;
    }
    if (depth > 0) return failure(no_address(item, "a comment is not closed: add \")\""));
    return text;
}

// Where `c` first stands outside quotes.
std::size_t find_unquoted(std::string_view text, char c) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == c && !is_quoted) return i;
        if (text[i] == '"') is_quoted = !is_quoted;
        if (text[i] == '\\' && is_quoted) ++i;
    }
    return std::string_view::npos;
}

// The address itself: "Name <address>" loses its name and brackets.
Result<std::string_view, std::string> bare_address(std::string_view text) {
    const auto open = find_unquoted(text, '<');
    if (open == std::string_view::npos) return text;
    const auto inside = text.substr(open + 1);
    const auto close = find_unquoted(inside, '>');
    if (close == std::string_view::npos) return failure(no_address(text, "\"<\" is not closed: add \">\""));
    if (close + 1 != inside.size())
        return failure(no_address(text, "something follows its \">\": write a comma between two targets"));
    return trimmed(inside.substr(0, close));
}

Result<AddressTarget, std::string> parse_plain(std::string_view text) {
    const auto at = find_unquoted(text, '@');
    if (at == std::string_view::npos) {
        auto local_part = parse_local_part(text);
        if (!local_part) return failure(no_address(text, reason(local_part.error())));
        return AddressTarget{*std::move(local_part), std::nullopt, false};
    }
    const auto mailbox = Mailbox::parse(text);
    if (!mailbox) return failure(no_address(text, reason(mailbox.error())));
    return AddressTarget{mailbox->local_part(), mailbox->host(), false};
}

}  // namespace

Result<std::optional<AddressTarget>, std::string> parse_address_target(std::string_view item) {
    TRY(stripped, without_comments(item));
    const auto text = trimmed(stripped);
    if (text.empty()) return std::nullopt;
    if (text.starts_with('\\')) {
        TRY(target, parse_plain(text.substr(1)));
        target.is_final = true;
        return target;
    }
    TRY(address, bare_address(text));
    if (address.empty()) return failure(no_address(text, "nothing stands between its \"<\" and \">\""));
    TRY(target, parse_plain(address));
    return target;
}

std::string address_target_text(const AddressTarget& target) {
    auto text = local_part_text(target.local_part);
    if (target.host) text += "@" + host_text(*target.host);
    if (target.is_final) return "\\" + text;
    // In front of a target these mean something else: a quoted item, a file, a command, a comment.
    return std::string_view("\"/|#").contains(text.front()) ? "<" + text + ">" : text;
}

}  // namespace cursus
