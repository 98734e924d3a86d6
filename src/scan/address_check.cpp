#include "scan/address_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "mail/address_list.h"
#include "mail/comments.h"

namespace cursus {
namespace {

constexpr std::size_t domains_max = 8;  // that are told apart; two are enough

struct ListReading {
    std::size_t addresses = 0, groups = 0;
    bool is_clean = true;
    bool has_encoded_word = false;     // in an address
    std::vector<std::string> domains;  // lower-case, each once
};

void add_domain(std::vector<std::string>& domains, std::string_view domain) {
    auto name = to_lower(domain);
    if (name.ends_with('.')) name.pop_back();
    const bool is_new = !name.empty() && std::ranges::find(domains, name) == domains.end();
    if (is_new && domains.size() < domains_max) domains.push_back(std::move(name));
}

// RFC 2047 §5: readers that decode it all the same see another address.
bool has_word(std::string_view text) {
    return text.contains("=?") && text.contains("?=");
}

ListReading read_list(std::string_view body) {
    ListReading reading;
    AddressList addresses(body);
    while (const auto address = addresses.next()) {
        ++reading.addresses;
        if (has_word(address->local_part)) reading.has_encoded_word = true;
        if (!address->domain) continue;
        if (has_word(*address->domain)) reading.has_encoded_word = true;
        add_domain(reading.domains, *address->domain);
    }
    reading.groups = addresses.groups();
    reading.is_clean = addresses.is_clean();
    return reading;
}

bool is_in_domain(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || !is_ascii(c);
}

// All domains that stand behind an "@" outside of quotes and comments: one of them is what some reader takes.
void add_domains_seen(std::string_view body, std::vector<std::string>& domains) {
    bool has_asides = true;  // until one does not end: then they are taken for what they are made of
    for (std::size_t at = 0; at < body.size();) {
        const bool is_aside = has_asides && (body[at] == '"' || body[at] == '(');
        const auto end = !is_aside         ? std::string_view::npos
                         : body[at] == '(' ? end_of_comment(body, at)
                                           : end_of_quoted(body, at, '"');
        has_asides = has_asides && (!is_aside || end != std::string_view::npos);
        if (end != std::string_view::npos) {
            at = end;
            continue;
        }
        if (body[at++] != '@') continue;
        while (at < body.size() && is_folding_space(body[at])) ++at;
        const auto begin = at;
        while (at < body.size() && is_in_domain(body[at])) ++at;
        add_domain(domains, body.substr(begin, at - begin));
    }
}

}  // namespace

std::size_t check_from(std::string_view body, Findings& findings) {
    auto reading = read_list(body);
    if (!reading.is_clean) findings.note(Malformation::AddressListSyntax, body);
    if (reading.has_encoded_word) findings.note(Malformation::EncodedWordInAddress, body);
    if (reading.groups != 0) findings.note(Malformation::GroupInFrom, body);
    if (reading.addresses == 0) findings.note(Malformation::FromWithoutAddress, body);
    if (reading.domains.size() > 1) {
        findings.note(Malformation::FromSeveralDomains, body);
    } else if (!reading.is_clean) {
        add_domains_seen(body, reading.domains);
        if (reading.domains.size() > 1) findings.note(Malformation::FromAmbiguous, body);
    }
    return reading.addresses;
}

void check_sender(std::string_view body, Findings& findings) {
    const auto reading = read_list(body);
    if (!reading.is_clean || reading.addresses != 1 || reading.groups != 0)
        findings.note(Malformation::AddressListSyntax, body);
    if (reading.has_encoded_word) findings.note(Malformation::EncodedWordInAddress, body);
}

void check_address_list(std::string_view body, Findings& findings) {
    const auto reading = read_list(body);
    if (!reading.is_clean || reading.addresses + reading.groups == 0)
        findings.note(Malformation::AddressListSyntax, body);
    if (reading.has_encoded_word) findings.note(Malformation::EncodedWordInAddress, body);
}

}  // namespace cursus
