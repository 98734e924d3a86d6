#include "mail/mailbox.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

constexpr std::size_t path_octets_max = 256;  // RFC 5321 §4.5.3.1.3, brackets included

// RFC 5322 §3.2.3, and every octet of a UTF-8 character (RFC 6531 §3.3).
bool is_atext(char c) {
    return is_alpha(c) || is_digit(c) || !is_ascii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool is_dot_string(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    return text.find("..") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
}

// What is wrong with octets wherever they stand in an address.
std::optional<AddressError> octet_fault(std::string_view text) {
    if (has_control(text)) return AddressError::ControlByte;
    if (is_ascii(text)) return std::nullopt;
    if (!is_utf8(text)) return AddressError::NotUtf8;
    if (has_c1_control(text)) return AddressError::ControlByte;
    return std::nullopt;
}

std::optional<AddressError> local_part_fault(std::string_view local_part) {
    // The grammar knows `""`; no mailbox has such a name, and an empty name must never reach a file path.
    if (local_part.empty()) return AddressError::Syntax;
    if (local_part.size() > local_part_octets_max) return AddressError::LocalPartTooLong;
    return octet_fault(local_part);
}

// A local part taken from the front of an address: unquoted, and where it ended.
struct LocalPart {
    std::string octets;
    std::size_t end;
};

// Quoted-string, RFC 5321 §4.1.2. `text` begins with the quotation mark.
Result<LocalPart, AddressError> take_quoted(std::string_view text) {
    LocalPart part{{}, 1};
    while (part.end < text.size() && text[part.end] != '"') {
        if (text[part.end] == '\\') {
            // A quoted pair is of ASCII only.
            ++part.end;
            if (part.end == text.size() || !is_ascii(text[part.end])) return failure(AddressError::Syntax);
        }
        part.octets += text[part.end++];
    }
    if (part.end == text.size()) return failure(AddressError::Syntax);
    ++part.end;
    return part;
}

Result<LocalPart, AddressError> take_local_part(std::string_view text) {
    if (text.starts_with('"')) return take_quoted(text);
    const auto at = std::min(text.find('@'), text.size());
    if (!is_dot_string(text.substr(0, at))) return failure(AddressError::Syntax);
    return LocalPart{std::string(text.substr(0, at)), at};
}

// RFC 5321 §4.1.3. Only the tag "IPv6" is registered.
Result<MailHost, AddressError> parse_literal(std::string_view inside) {
    constexpr std::string_view tag = "IPv6:";
    const bool has_tag = equal_ignoring_case(inside.substr(0, tag.size()), tag);
    if (has_tag) inside.remove_prefix(tag.size());
    const auto address = IpAddress::parse(inside);
    if (!address || (inside.find(':') != std::string_view::npos) != has_tag)
        return failure(AddressError::BadDomain);
    return *address;
}

// Takes the brackets off a path and drops its source route (RFC 5321 §4.1.1.3, appendix C).
Result<std::string_view, AddressError> inside_of_path(std::string_view text) {
    if (text.size() > path_octets_max) return failure(AddressError::PathTooLong);
    if (const auto fault = octet_fault(text)) return failure(*fault);
    if (text.size() < 2 || text.front() != '<' || text.back() != '>') return failure(AddressError::Syntax);
    auto inside = text.substr(1, text.size() - 2);
    while (inside.starts_with('@')) {
        const auto end = inside.find_first_of(",:");
        if (end == std::string_view::npos) return failure(AddressError::Syntax);
        if (!Domain::parse(inside.substr(1, end - 1))) return failure(AddressError::BadDomain);
        const bool goes_on = inside[end] == ',';
        inside.remove_prefix(end + 1);
        if (goes_on != inside.starts_with('@')) return failure(AddressError::Syntax);
    }
    return inside;
}

}  // namespace

Result<MailHost, AddressError> parse_mail_host(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        return parse_literal(text.substr(1, text.size() - 2));
    auto domain = Domain::parse(text);
    if (!domain) return failure(AddressError::BadDomain);
    return *std::move(domain);
}

std::string host_text(const MailHost& host) {
    if (const auto* domain = std::get_if<Domain>(&host)) return domain->text();
    return std::get<IpAddress>(host).literal();
}

Result<std::string, AddressError> parse_local_part(std::string_view text) {
    if (text.size() > path_octets_max) return failure(AddressError::PathTooLong);
    if (const auto fault = octet_fault(text)) return failure(*fault);
    LocalPart part{std::string(text), text.size()};
    if (text.starts_with('"')) {
        TRY(quoted, take_quoted(text));
        part = std::move(quoted);
    } else if (!is_dot_string(text)) {
        return failure(AddressError::Syntax);
    }
    if (part.end != text.size()) return failure(AddressError::Syntax);
    if (const auto fault = local_part_fault(part.octets)) return failure(*fault);
    return std::move(part.octets);
}

std::string local_part_text(std::string_view local_part) {
    if (is_dot_string(local_part)) return std::string(local_part);
    std::string quoted = "\"";
    for (const char c : local_part) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted += '"';
}

Result<Mailbox, AddressError> Mailbox::parse(std::string_view text, const Domain* qualify) {
    if (text.size() > path_octets_max - 2) return failure(AddressError::PathTooLong);
    if (const auto fault = octet_fault(text)) return failure(*fault);
    TRY(local_part, take_local_part(text));
    if (local_part.end == text.size()) {
        if (qualify == nullptr) return failure(AddressError::NoDomain);
        return make(std::move(local_part.octets), *qualify);
    }
    if (text[local_part.end] != '@') return failure(AddressError::Syntax);
    TRY(host, parse_mail_host(text.substr(local_part.end + 1)));
    return make(std::move(local_part.octets), std::move(host));
}

Result<Mailbox, AddressError> Mailbox::make(std::string local_part, MailHost host) {
    if (const auto fault = local_part_fault(local_part)) return failure(*fault);
    Mailbox mailbox(std::move(local_part), std::move(host));
    // A domain may have grown on the way to A-labels, a local part through quoting.
    if (mailbox.text().size() > path_octets_max - 2) return failure(AddressError::PathTooLong);
    return mailbox;
}

bool Mailbox::needs_smtputf8() const {
    return !is_ascii(local_part_);
}

std::string Mailbox::text() const {
    return fmt::format("{}@{}", local_part_text(local_part_), host_text(host_));
}

std::string bare_text(const ReversePath& path) {
    const auto* mailbox = std::get_if<Mailbox>(&path);
    return mailbox ? mailbox->text() : "";
}

std::string path_text(const ReversePath& path) {
    const auto* mailbox = std::get_if<Mailbox>(&path);
    return mailbox ? path_text(*mailbox) : "<>";
}

std::string path_text(const Mailbox& forward_path) {
    return fmt::format("<{}>", forward_path.text());
}

Result<ReversePath, AddressError> parse_reverse_path(std::string_view text, const Domain* qualify) {
    if (text == "<>") return NullPath{};
    TRY(inside, inside_of_path(text));
    TRY(mailbox, Mailbox::parse(inside, qualify));
    return mailbox;
}

Result<Mailbox, AddressError> parse_forward_path(std::string_view text, const Domain& own_name,
                                                 const Domain* qualify) {
    TRY(inside, inside_of_path(text));
    if (equal_ignoring_case(inside, "postmaster")) return Mailbox::make(std::string(inside), own_name);
    return Mailbox::parse(inside, qualify);
}

}  // namespace cursus
