#include "mail/domain.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <idn2.h>

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {
namespace {

constexpr std::size_t name_octets_max = 253;  // RFC 1035 §2.3.4, without the root's empty label
constexpr std::size_t label_octets_max = 63;
constexpr std::size_t unicode_octets_max = 4 * name_octets_max;

struct IdnFree {
    void operator()(char* text) const { idn2_free(text); }
};
using IdnText = std::unique_ptr<char, IdnFree>;

bool is_ldh(char c) {
    return is_alpha(c) || is_digit(c) || c == '-';
}

// Letters, digits and hyphens as RFC 5321 §4.1.2 wants them. Returns what is wrong, or nothing.
std::string label_fault(std::string_view label) {
    if (label.empty()) return "a label is empty (two dots together, or one at either end)";
    if (label.size() > label_octets_max)
        return fmt::format("a label has more than {} octets", label_octets_max);
    if (!std::ranges::all_of(label, is_ldh)) return "only letters, digits, hyphens and dots can stand in it";
    if (label.front() == '-' || label.back() == '-') return "a label begins or ends with a hyphen";
    return {};
}

std::string name_fault(std::string_view name) {
    if (name.empty()) return "it is empty";
    if (name.size() > name_octets_max) return fmt::format("it has more than {} octets", name_octets_max);
    std::string_view rest = name, label;
    for (bool more = true; more;) {
        const auto dot = rest.find('.');
        label = rest.substr(0, dot);
        if (auto fault = label_fault(label); !fault.empty()) return fault;
        more = dot != std::string_view::npos;
        if (more) rest.remove_prefix(dot + 1);
    }
    // No top-level domain is a number, and some libraries would read such a name as an IPv4 address.
    if (std::ranges::all_of(label, [](char c) { return is_digit(c); })) {
        return "its last label is a number (an address is written in brackets)";
    }
    return {};
}

// U-labels become A-labels.
Result<std::string, std::string> to_a_labels(std::string_view text, int flags) {
    if (text.size() > unicode_octets_max)
        return failure(fmt::format("it has more than {} octets", name_octets_max));
    if (text.find('\0') != std::string_view::npos) return failure(std::string("it holds a NUL"));
    if (!is_utf8(text)) return failure(std::string("it is not UTF-8"));
    const std::string lower = to_lower(text);
    std::uint8_t* raw = nullptr;
    const int status =
        idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(lower.c_str()), &raw, IDN2_NFC_INPUT | flags);
    const IdnText result(reinterpret_cast<char*>(raw));
    if (status != IDN2_OK) return failure(std::string(idn2_strerror(status)));
    return std::string(result.get());
}

}  // namespace

std::optional<std::string> mapped_as_in_browsers(std::string_view text) {
    if (is_ascii(text)) return to_lower(text);
    auto mapped = to_a_labels(text, IDN2_NONTRANSITIONAL);
    return mapped ? std::optional(to_lower(*mapped)) : std::nullopt;
}

Result<Domain, std::string> Domain::parse(std::string_view text) {
    std::string name;
    if (is_ascii(text)) {
        name = to_lower(text);
    } else {
        // Strictly IDNA2008, without the mappings of UTS 46, so that no two spellings that another host would
        // tell apart mean the same domain here.
        auto converted = to_a_labels(text, IDN2_NO_TR46);
        if (!converted) return failure("not a domain name: " + converted.error());
        name = to_lower(*converted);
    }
    if (const auto fault = name_fault(name); !fault.empty()) return failure("not a domain name: " + fault);
    return Domain(std::move(name));
}

std::string Domain::unicode() const {
    if (text_.find("xn--") == std::string::npos) return text_;
    char* raw = nullptr;
    if (idn2_to_unicode_8z8z(text_.c_str(), &raw, 0) != IDN2_OK) return text_;
    std::string unicode = IdnText(raw).get();
    // An A-label that decodes to something it would not be encoded from stays what it is.
    const auto back = parse(unicode);
    return back && *back == *this ? unicode : text_;
}

bool Domain::is_under(std::string_view suffix) const {
    return !suffix.empty() && text_.size() > suffix.size() && text_.ends_with(suffix) &&
           text_[text_.size() - suffix.size() - 1] == '.';
}

}  // namespace cursus
