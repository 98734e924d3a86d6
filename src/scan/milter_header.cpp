#include "scan/milter_header.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/header.h"

namespace cursus {
namespace {

constexpr std::string_view received = "Received";

bool is_received(std::string_view name) {
    return equal_ignoring_case(name, received);
}

}  // namespace

MilterHeader::MilterHeader(std::string header) : header_(std::move(header)) {
    HeaderFields fields(header_, TextEnd::IsMessageEnd);
    const auto first = fields.next();
    if (first && is_received(first->name)) own_ = first->text;
}

std::string MilterHeader::shown() const {
    const auto at = own_.empty() ? std::string::npos : header_.find(own_);
    if (at == std::string::npos) return header_;
    return header_.substr(0, at) + header_.substr(at + own_.size());
}

// It may have fields before it: milters put them there.
std::uint32_t MilterHeader::received_before_own() const {
    std::uint32_t before = 0;
    HeaderFields fields(header_, TextEnd::IsMessageEnd);
    while (const auto field = fields.next()) {
        if (field->text == own_) break;
        if (is_received(field->name)) ++before;
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
    if (!own_.empty() && is_received(field.name) && index > received_before_own())
        index += index < UINT32_MAX;
    return HeaderEdit::change(index, field.name, field.body);
}

Result<void, std::string> MilterHeader::edit(const MilterField& field) {
    HeaderEdit edit = edit_of(field);
    octets_ += edit.body.size();
    if (edits_.size() == milter_field_edits_max || octets_ > edits_octets_max)
        return failure(std::string("more is to be changed in this header than makes sense"));
    if (!is_safe(edit))
        return failure(fmt::format("its header field {} has lines that are too long", field.name));
    edits_.push_back(std::move(edit));
    header_ = edited_header(header_, {edits_.back()});
    return {};
}

}  // namespace cursus
