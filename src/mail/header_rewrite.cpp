#include "mail/header_rewrite.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

constexpr std::size_t line_octets_max = 998;  // RFC 5322 §2.1.1, without its CRLF

struct AddressField {
    std::string_view name;
    AddressSide side;
};
constexpr std::array address_fields{
    AddressField{"From", AddressSide::Originator},
    AddressField{"To", AddressSide::Recipient},
    AddressField{"Cc", AddressSide::Recipient},
    AddressField{"Reply-To", AddressSide::Originator},
    AddressField{"Sender", AddressSide::Originator},
    AddressField{"Bcc", AddressSide::Recipient},
    AddressField{"Resent-From", AddressSide::Originator},
    AddressField{"Resent-To", AddressSide::Recipient},
    AddressField{"Resent-Cc", AddressSide::Recipient},
    AddressField{"Resent-Reply-To", AddressSide::Originator},
    AddressField{"Resent-Sender", AddressSide::Originator},
    AddressField{"Resent-Bcc", AddressSide::Recipient},
};

std::optional<AddressSide> side_of(std::string_view name) {
    for (const auto& field : address_fields) {
        if (equal_ignoring_case(field.name, name)) return field.side;
    }
    return std::nullopt;
}

// One address of a field and what comes in its place.
struct Replacement {
    std::size_t entry, offset, length;  // in the field's body
    std::string text;
};

std::vector<Replacement> replacements_in(std::string_view body, AddressSide side,
                                         const AddressChoice& choose) {
    std::vector<Replacement> replacements;
    AddressList addresses(body);
    while (const auto address = addresses.next()) {
        auto text = choose(*address, side);
        if (!text || *text == body.substr(address->offset, address->length)) continue;
        replacements.push_back({address->entry, address->offset, address->length, *std::move(text)});
    }
    return replacements;
}

std::size_t longest_line(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(line_end, from), text.size());
        longest = std::max(longest, end - from);
        from = end + line_end.size();
    }
    return longest;
}

enum class Folds : std::uint8_t { AsTheyAre, AtEachReplacement };

std::string apply(std::string_view body, const std::vector<Replacement>& replacements, Folds folds) {
    std::string result;
    std::size_t done = 0;
    for (const auto& replacement : replacements) {
        const auto before = body.substr(replacement.entry, replacement.offset - replacement.entry);
        // Not where the line ends anyway, and not in front of the first, where an empty line could be read.
        if (folds == Folds::AtEachReplacement && replacement.entry > 0 && !before.contains(line_end)) {
            result += body.substr(done, replacement.entry - done);
            result += before.starts_with(' ') || before.starts_with('\t') ? "\r\n" : "\r\n ";
            done = replacement.entry;
        }
        result += body.substr(done, replacement.offset - done);
        result += replacement.text;
        done = replacement.offset + replacement.length;
    }
    result += body.substr(done);
    return result;
}

// The field with its replacements; nothing when it cannot have them within RFC 5322's lines.
std::optional<std::string> rewritten(const HeaderField& field, const std::vector<Replacement>& replacements) {
    const auto allowed = std::max(line_octets_max, longest_line(field.text));
    const std::size_t body_begin = static_cast<std::size_t>(field.body.data() - field.text.data());
    for (const auto folds : {Folds::AsTheyAre, Folds::AtEachReplacement}) {
        std::string text(field.text.substr(0, body_begin));
        text += apply(field.body, replacements, folds);
        text += field.text.substr(body_begin + field.body.size());
        if (longest_line(text) <= allowed) return text;
    }
    return std::nullopt;
}

void tell(RewrittenHeader& header, const HeaderField& field, const std::vector<Replacement>& replacements) {
    for (const auto& replacement : replacements) {
        if (header.changes.size() == address_changes_max) {
            ++header.changes_untold;
            continue;
        }
        const auto before = field.body.substr(replacement.offset, replacement.length);
        header.changes.push_back({std::string(field.name),
                                  std::string(before.substr(0, told_address_octets_max)),
                                  replacement.text.substr(0, told_address_octets_max)});
    }
}

}  // namespace

std::optional<RewrittenHeader> rewrite_header(std::string_view header, const AddressChoice& choose) {
    RewrittenHeader result;
    std::size_t done = 0;  // octets of `header` that `result` has
    HeaderFields fields(header);
    for (auto field = fields.next(); field && !field->name.empty(); field = fields.next()) {
        const auto side = side_of(field->name);
        if (!side) continue;
        const auto replacements = replacements_in(field->body, *side, choose);
        if (replacements.empty()) continue;
        const auto text = rewritten(*field, replacements);
        if (!text) continue;
        const auto begin = static_cast<std::size_t>(field->text.data() - header.data());
        result.octets += header.substr(done, begin - done);
        result.octets += *text;
        done = begin + field->text.size();
        tell(result, *field, replacements);
    }
    if (done == 0) return std::nullopt;
    result.octets += header.substr(done);
    return result;
}

}  // namespace cursus
