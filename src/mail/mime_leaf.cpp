#include "mail/mime_leaf.h"

#include <algorithm>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::size_t step_octets = std::size_t{16} * 1024;

// The line end, or the front of one, that `text` ends with.
std::string_view end_of(std::string_view text) {
    if (text.ends_with(line_end)) return line_end;
    if (text.ends_with('\n')) return line_end.substr(1);
    return text.ends_with('\r') ? line_end.substr(0, 1) : std::string_view();
}

}  // namespace

void MimeLeaf::begin(TransferEncoding encoding, LeafWants wants) {
    wants_ = wants;
    decoder_ = MimeDecoder(encoding);
    has_eight_bit_ = false;
    held_ = {};
}

void MimeLeaf::feed(std::string_view text, MimeContent& to) {
    if (is_ignored() || text.empty()) return;
    if (wants_.checks_octets) check_octets(text);
    const bool is_read = wants_.has_content || is_decoded(decoder_.encoding());
    if (!is_read) return;
    if (!wants_.is_in_multipart) return pass(text, to);
    if (held_ == "\r" && text == "\n") {
        held_ = line_end;
        return;
    }
    pass(held_, to);
    held_ = end_of(text);
    pass(text.substr(0, text.size() - held_.size()), to);
}

// RFC 2045 §6.2: without an encoding named, and where one is undone, all octets are ASCII.
void MimeLeaf::check_octets(std::string_view text) {
    const auto encoding = decoder_.encoding();
    const bool is_ascii_only =
        encoding == TransferEncoding::SevenBit || encoding == TransferEncoding::QuotedPrintable;
    if (is_ascii_only && !has_eight_bit_) has_eight_bit_ = !is_ascii(text);
}

void MimeLeaf::pass(std::string_view text, MimeContent& to) {
    if (!is_decoded(decoder_.encoding())) {
        if (!text.empty() && wants_.has_content) to.content(text);
        return;
    }
    while (!text.empty()) {
        const auto step = text.substr(0, step_octets);
        text.remove_prefix(step.size());
        decoded_.clear();
        decoder_.feed(step, decoded_);
        if (!decoded_.empty() && wants_.has_content) to.content(decoded_);
    }
}

std::vector<Malformation> MimeLeaf::end(End how, MimeContent& to) {
    if (is_ignored()) return {};
    if (how == End::Message) pass(held_, to);
    decoded_.clear();
    decoder_.finish(decoded_);
    if (!decoded_.empty() && wants_.has_content) to.content(decoded_);
    std::vector<Malformation> found;
    if (wants_.checks_octets) {
        if (decoder_.base64().has_garbage()) found.push_back(Malformation::Base64Garbage);
        if (decoder_.base64().goes_on_after_padding()) found.push_back(Malformation::Base64AfterPadding);
        if (decoder_.quoted_printable().has_garbage()) found.push_back(Malformation::QuotedPrintableSyntax);
        if (has_eight_bit_) found.push_back(Malformation::EightBitInBodyUndeclared);
    }
    ignore();
    return found;
}

}  // namespace cursus
