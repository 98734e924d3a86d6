#include "mail/alias_key.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"
#include "mail/domain.h"
#include "mail/mailbox.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

std::string octets_fault(std::string_view text) {
    if (text.empty()) return "no key stands before the \":\": write key: value";
    if (text.size() > alias_key_octets_max)
        return fmt::format("a key has more than {} octets", alias_key_octets_max);
    if (has_control(text)) return fmt::format("a control byte stands in \"{}\": take it out", excerpt(text));
    if (!is_utf8(text)) return fmt::format("\"{}\" is not UTF-8: save the file as UTF-8", excerpt(text));
    return {};
}

// A-labels if it is a domain or a pattern "*.domain", else only lowered.
std::string domain_key(std::string_view text) {
    constexpr std::string_view any_label = "*.";
    const std::string_view prefix = text.starts_with(any_label) ? any_label : "";
    const auto domain = Domain::parse(text.substr(prefix.size()));
    return domain ? std::string(prefix) + domain->text() : to_lower(text);
}

// Where the local part of a key ends; npos: a quotation mark is missing.
std::size_t local_part_end(std::string_view text) {
    if (!text.starts_with('"')) return std::min(text.rfind('@'), text.size());
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
    }
    return std::string_view::npos;
}

std::string no_key(std::string_view text) {
    return fmt::format(
        "\"{}\" is no key: write a name, user@domain, @domain or *.domain, and quotes around a "
        "name with white space or a colon",
        excerpt(text));
}

}  // namespace

Result<std::string, std::string> alias_key(std::string_view text, BareKey bare_key) {
    if (auto fault = octets_fault(text); !fault.empty()) return failure(std::move(fault));
    const auto end = local_part_end(text);
    if (end == std::string_view::npos) return failure(no_key(text));
    const auto local_part = text.substr(0, end), host = text.substr(end);
    constexpr std::string_view quoted_only = " \"";
    if ((!host.empty() && !host.starts_with('@')) ||
        host.find_first_of(quoted_only) != std::string_view::npos)
        return failure(no_key(text));
    std::string name(local_part);
    if (name.starts_with('"')) {
        const auto unquoted = parse_local_part(local_part);
        if (!unquoted) return failure(no_key(text));
        name = local_part_text(*unquoted);
    } else if (name.find_first_of(quoted_only) != std::string_view::npos) {
        return failure(no_key(text));
    }
    const bool can_be_domain = host.empty() && !name.starts_with('"');
    const bool is_domain = can_be_domain && (bare_key == BareKey::Domain || name.starts_with("*."));
    auto key = is_domain ? domain_key(name) : to_lower(name);
    if (!host.empty()) key += "@" + domain_key(host.substr(1));
    return key;
}

}  // namespace cursus
