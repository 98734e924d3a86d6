#include "scan/content_survey.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

constexpr std::size_t text_step_octets = std::size_t{16} * 1024;

bool is_text(const MimePart& part) {
    return part.media_type.starts_with("text/");
}

bool is_multipart(const MimePart& part) {
    return part.media_type.starts_with("multipart/");
}

// Characters of two or four octets: what is ASCII of them stands between NULs.
bool is_wide(std::string_view charset) {
    return charset.starts_with("utf-16") || charset.starts_with("utf-32") || charset.starts_with("ucs-") ||
           charset.starts_with("iso-10646");
}

bool is_attachment(const MimePart& part) {
    if (!part.file_names.empty() || part.disposition == "attachment") return true;
    return !is_text(part) && !is_multipart(part);
}

}  // namespace

ContentSurvey::ContentSurvey(SurveyNeeds needs, MessageTerms terms) : needs_(needs) {
    const bool needs_parts = needs.attachments || needs.text != nullptr;
    MimeSink& sink = *this;
    if (needs.findings)
        checker_.emplace(terms, needs_parts ? &sink : nullptr);
    else if (needs_parts)
        walker_.emplace(sink, MimeWalk{});
}

void ContentSurvey::feed(std::string_view piece) {
    if (needs_.header && !header_end_.has_ended()) gather_header(piece);
    if (checker_) checker_->feed(piece);
    if (walker_) walker_->feed(piece);
}

void ContentSurvey::gather_header(std::string_view piece) {
    const auto before = header_end_.octets();
    header_end_.feed(piece);
    const auto room = header_octets_max - header_.size();
    header_ += piece.substr(0, std::min<std::uint64_t>(header_end_.octets() - before, room));
}

void ContentSurvey::finish() {
    if (checker_) checker_->finish();
    if (walker_) walker_->finish();
}

std::span<const Finding> ContentSurvey::findings() const {
    if (!checker_) return {};
    return checker_->findings();
}

bool ContentSurvey::is_complete() const {
    const bool has_stopped = (checker_ && checker_->has_stopped()) || (walker_ && walker_->has_stopped());
    return has_all_attachments_ && !has_stopped;
}

bool ContentSurvey::part_begins(const MimePart& part) {
    if (needs_.attachments && is_attachment(part)) add_attachment(part);
    // A multipart has content if nobody can tell its parts from each other: some readers show that as text.
    is_in_text_ = needs_.text != nullptr && (is_text(part) || is_multipart(part));
    drops_nul_ = is_in_text_ && is_wide(part.charset);
    return is_in_text_;
}

void ContentSurvey::add_attachment(const MimePart& part) {
    attachment_octets_ += part.media_type.size();
    for (const auto& name : part.file_names) attachment_octets_ += name.size();
    if (attachment_octets_ > attachment_octets_max)
        has_all_attachments_ = false;
    else
        attachments_.push_back({part.media_type, part.file_names});
}

void ContentSurvey::content(std::string_view octets) {
    if (!drops_nul_) return needs_.text->feed(octets);
    for (; !octets.empty(); octets.remove_prefix(std::min(octets.size(), text_step_octets))) {
        text_ = octets.substr(0, text_step_octets);
        std::erase(text_, '\0');
        needs_.text->feed(text_);
    }
}

// The content of a part comes before another begins.
void ContentSurvey::part_ends(std::uint32_t) {
    if (std::exchange(is_in_text_, false)) needs_.text->part_ends();
}

void ContentSurvey::field(std::string_view, HeaderOf) {}

void ContentSurvey::malformed(Malformation, std::string_view, std::uint32_t) {}

}  // namespace cursus
