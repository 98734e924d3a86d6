#include "scan/milter_header.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view received = "Received";

}  // namespace

MilterHeader::MilterHeader(std::string_view header, std::string_view own) : header_(header) {
    const auto is_own = [own](const EditedHeader::Field& field) { return field.text == own; };
    if (std::ranges::any_of(header_.fields(), is_own)) own_ = own;
}

std::string MilterHeader::shown() const {
    std::string shown;
    for (const auto& field : header_.fields())
        if (field.text != own_) shown += field.text;
    return shown + header_.rest();
}

// It may have fields before it: milters put them there.
std::uint32_t MilterHeader::received_before_own() const {
    std::uint32_t before = 0;
    for (const auto& field : header_.fields()) {
        if (field.text == own_) return before;
        if (field.is_called(received)) ++before;
    }
    return before;
}

HeaderEdit MilterHeader::edit_of(const MilterField& field) const {
    switch (field.change) {
        case MilterFieldChange::Add:
            return HeaderEdit::append(field.name, field.body);
        case MilterFieldChange::Insert:
            return HeaderEdit::insert(field.index, field.name, field.body);
        case MilterFieldChange::Change:
            break;
    }
    std::uint32_t index = field.index;
    if (!own_.empty() && equal_ignoring_case(field.name, received) && index > received_before_own())
        index += index < UINT32_MAX;
    return HeaderEdit::change(index, field.name, field.body);
}

Result<void, std::string> MilterHeader::edit(const MilterField& field) {
    HeaderEdit edit = edit_of(field);
    edit.folding = HeaderEdit::Folding::AsGiven;
    if (!is_safe(edit)) return {};
    octets_ += edit.body.size();
    if (!is_removal(edit)) ++additions_;
    if (additions_ > milter_field_edits_max || octets_ > edits_octets_max)
        return failure(std::string("more is to be changed in this header than makes sense"));
    header_.make(edit);
    edits_.push_back(std::move(edit));
    return {};
}

}  // namespace cursus
