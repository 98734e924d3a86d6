#include "scan/malformed.h"

namespace cursus {

MalformedChecker::MalformedChecker(MessageTerms terms, MimeSink* parts)
    : terms_(terms),
      parts_(parts),
      header_(terms.is_smtputf8, findings_),
      walker_(*this, {.reports_fields = true, .checks_octets = true}) {}

void MalformedChecker::feed(std::string_view piece) {
    const auto before = walker_.header_octets();
    walker_.feed(piece);
    const bool is_text = terms_.body != Body::BinaryMime;
    octets_.add(is_text ? piece : piece.substr(0, walker_.header_octets() - before));
}

void MalformedChecker::finish() {
    walker_.finish();
    if (terms_.body != Body::BinaryMime) octets_.end();
    note_octets();
}

void MalformedChecker::note_octets() {
    if (octets_.has_seen(DataViolation::BareCr)) findings_.note(Malformation::BareCr);
    if (octets_.has_seen(DataViolation::BareLf)) findings_.note(Malformation::BareLf);
    if (octets_.has_seen(DataViolation::Nul)) findings_.note(Malformation::Nul);
    if (octets_.has_seen(DataViolation::LineTooLong)) findings_.note(Malformation::LineTooLong);
}

void MalformedChecker::field(std::string_view text, HeaderOf whose) {
    header_.field(text, whose, whose == HeaderOf::Message ? 0 : part_ + 1);
    if (parts_) parts_->field(text, whose);
}

bool MalformedChecker::part_begins(const MimePart& part) {
    if (part.number == 0) header_.end();
    part_ = part.number;
    return parts_ != nullptr && parts_->part_begins(part);
}

void MalformedChecker::content(std::string_view octets) {
    if (parts_) parts_->content(octets);
}

void MalformedChecker::part_ends(std::uint32_t number) {
    if (parts_) parts_->part_ends(number);
}

void MalformedChecker::malformed(Malformation what, std::string_view subject, std::uint32_t part) {
    findings_.note(what, subject, part);
    if (parts_) parts_->malformed(what, subject, part);
}

}  // namespace cursus
