#include "mail/mime_walker.h"

#include <utility>

#include "base/text.h"

namespace cursus {
namespace {

std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// Those that leave the walker without a reading it could go on with.
bool is_bound(Malformation what) {
    return what == Malformation::MimeParameters || what == Malformation::BoundaryTooLong ||
           what == Malformation::FileNames;
}

std::string_view default_type_in(const MimeFrames& frames) {
    return !frames.empty() && frames.top().is_digest ? "message/rfc822" : "text/plain";
}

}  // namespace

MimeWalker::MimeWalker(MimeSink& sink, MimeWalk walk) : MimeWalker(sink, walk, nullptr, 0) {}

MimeWalker::MimeWalker(MimeSink& sink, MimeWalk walk, Totals* totals, std::uint32_t depth)
    : sink_(sink),
      walk_(walk),
      totals_(totals == nullptr ? &own_totals_ : totals),
      depth_(depth),
      fields_(walk.reports_fields) {}

void MimeWalker::feed(std::string_view piece) {
    while (!piece.empty() && !has_stopped()) {
        if (skips_line_)
            skip_line(piece);
        else if (where_ == Where::Header)
            take_header(piece);
        else
            take_body(piece);
    }
    if (has_stopped()) close();
}

void MimeWalker::finish() {
    if (where_ == Where::Header && !line_.empty() && !has_stopped()) {
        const auto last = std::exchange(line_, {});
        take_header_line(without_line_end(last));
    }
    if (has_stopped()) return close();
    // A delimiter that nothing follows begins no part.
    if (where_ == Where::Header && (header_octets_ != 0 || is_own_header())) end_header(Follows::Nothing);
    if (has_stopped()) return close();
    if (!lines_.rest().empty() && !take_delimiter(without_line_end(lines_.rest())))
        body_.feed(lines_.rest(), *this);
    end_leaf(MimeLeaf::End::Message);
    while (!frames_.empty()) pop_frame(MimeLeaf::End::Message);
    if (has_stopped()) close();
}

// ---- headers

void MimeWalker::begin_header() {
    where_ = Where::Header;
    header_octets_ = 0;
}

void MimeWalker::take_header(std::string_view& piece) {
    const auto most = is_own_header() ? header_octets_max : part_header_octets_max;
    const auto window = piece.substr(0, most - header_octets_);
    const auto end = window.find('\n');
    const auto taken = window.substr(0, end == std::string_view::npos ? end : end + 1);
    header_octets_ += taken.size();
    if (is_own_header()) message_header_octets_ = header_octets_;
    piece.remove_prefix(taken.size());
    if (end == std::string_view::npos) {
        line_ += taken;
        if (header_octets_ == most)
            stop(is_own_header() ? Malformation::HeaderTooLong : Malformation::PartHeaderTooLong, line_);
    } else if (line_.empty()) {
        take_header_line(without_line_end(taken));
    } else {
        line_ += taken;
        const auto whole = std::exchange(line_, {});
        take_header_line(without_line_end(whole));
    }
}

void MimeWalker::take_header_line(std::string_view line) {
    if (line.empty()) return end_header(Follows::Body);
    if (frames_.match(line)) {
        report(Malformation::PartHeaderUnended, line);
        end_header(Follows::Nothing);
        if (!has_stopped()) take_delimiter(line);
        return;
    }
    report_line(fields_.add(line), line);
    take_field(fields_.ended());
}

// Readers differ in whether such a line ends the header. In a message within the message it is often enough
// no header at all.
void MimeWalker::report_line(MimeHeaderFields::Line kind, std::string_view line) {
    using Line = MimeHeaderFields::Line;
    if (kind == Line::Field || kind == Line::Fold) return;
    if (is_embedded()) return report(Malformation::EmbeddedHeaderSyntax, line);
    report(kind == Line::NoColon     ? Malformation::NoColon
           : kind == Line::BlankFold ? Malformation::FoldedBlankLine
                                     : Malformation::FoldWithoutField,
           line);
}

void MimeWalker::take_field(std::string_view text) {
    if (text.empty()) return;
    if (walk_.reports_fields && !is_embedded())
        sink_.field(text, is_own_header() ? HeaderOf::Message : HeaderOf::Part);
    const auto colon = text.find(':');
    auto name = text.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    if (PartHeader::is_content_field(name)) header_.add(name, text.substr(colon + 1));
}

void MimeWalker::end_header(Follows follows) {
    fields_.end();
    take_field(fields_.ended());
    where_ = Where::Body;
    lines_.begin();
    body_.ignore();
    auto described = header_.describe(default_type_in(frames_));
    header_.clear();
    if (parts_begun() == mime_parts_max) return stop(Malformation::MimeParts, described.part.media_type);
    if (depth_ + frames_.size() > mime_depth_max)
        return stop(Malformation::MimeDepth, described.part.media_type);
    begin_part(described, follows);
}

void MimeWalker::begin_part(DescribedPart& described, Follows follows) {
    auto& part = described.part;
    part.number = totals_->parts++;
    part.depth = depth_ + static_cast<std::uint32_t>(frames_.size());
    part.is_embedded = is_embedded();
    const PartFault* bound = nullptr;
    for (const auto& fault : described.faults) {
        if (is_bound(fault.what))
            bound = &fault;
        else
            report(fault.what, fault.subject);
    }
    const bool wants_content = sink_.part_begins(part);
    is_in_leaf_ = true;
    leaf_ = part.number;
    if (bound) return stop(bound->what, bound->subject);
    if (follows == Follows::Body) return enter(described, wants_content);
    end_leaf(MimeLeaf::End::Delimiter);
}

// What holds parts becomes a frame, unless it is encoded: a message that is has a walker of its own.
void MimeWalker::enter(const DescribedPart& described, bool wants_content) {
    const auto& part = described.part;
    const bool is_encoded = is_decoded(part.encoding);
    const bool is_frame = described.kind == PartKind::Multipart
                              ? !described.boundaries.empty()
                              : described.kind == PartKind::Message && !is_encoded;
    if (is_frame) {
        if (const auto clash = frames_.clash(described.boundaries))
            report(*clash, described.boundaries.front());
        frames_.push({.number = leaf_,
                      .kind = described.kind,
                      .is_digest = part.media_type == "multipart/digest",
                      .boundaries = described.boundaries});
        is_in_leaf_ = false;
        if (described.kind == PartKind::Message) begin_header();
        return;
    }
    if (described.kind == PartKind::Message)
        inner_.reset(
            new MimeWalker(sink_, walk_, totals_, depth_ + static_cast<std::uint32_t>(frames_.size()) + 1));
    body_.begin(part.encoding, {.has_content = wants_content || inner_ != nullptr,
                                .checks_octets = walk_.checks_octets,
                                .is_in_multipart = frames_.has_boundaries()});
}

// ---- bodies

void MimeWalker::take_body(std::string_view& piece) {
    if (!frames_.has_boundaries()) {
        body_.feed(piece, *this);
        piece = {};
        return;
    }
    const auto item = lines_.next(piece);
    if (!item) return;
    const bool is_delimiter =
        item->kind == MimeBodyLines::Kind::Line && take_delimiter(without_line_end(item->text));
    if (!is_delimiter) return body_.feed(item->text, *this);
    skips_line_ = !item->text.ends_with('\n');
}

void MimeWalker::skip_line(std::string_view& piece) {
    const auto end = piece.find('\n');
    skips_line_ = end == std::string_view::npos;
    piece.remove_prefix(skips_line_ ? piece.size() : end + 1);
    lines_.begin();
}

// False: the line is no delimiter.
bool MimeWalker::take_delimiter(std::string_view line) {
    const auto delimiter = frames_.match(line);
    if (!delimiter) return false;
    if (!delimiter->is_exact) report(Malformation::BoundaryTrailingText, line);
    end_leaf(MimeLeaf::End::Delimiter);
    while (frames_.size() > delimiter->frame + 1) pop_frame(MimeLeaf::End::Delimiter);
    auto& frame = frames_.top();
    if (delimiter->is_last) {
        frame.has_ended = true;
        where_ = Where::Body;
        lines_.begin();
        return true;
    }
    if (frame.has_ended) report(Malformation::BoundaryAfterEnd, line);
    frame.has_ended = false;
    frame.has_begun = true;
    begin_header();
    return true;
}

void MimeWalker::content(std::string_view octets) {
    if (inner_)
        inner_->feed(octets);
    else
        sink_.content(octets);
}

void MimeWalker::end_leaf(MimeLeaf::End how) {
    const auto faults = body_.end(how, *this);
    if (inner_) inner_->finish();
    inner_.reset();
    for (const auto fault : faults) sink_.malformed(fault, {}, leaf_);
    if (std::exchange(is_in_leaf_, false)) sink_.part_ends(leaf_);
}

// RFC 2046 §5.1.1: a multipart has a part at least, and a last delimiter.
void MimeWalker::pop_frame(MimeLeaf::End how) {
    const auto frame = frames_.pop();
    if (frame.kind == PartKind::Multipart && !has_stopped()) {
        const bool is_cut_short = how == MimeLeaf::End::Delimiter || is_embedded();
        const auto what = !frame.has_begun ? Malformation::MultipartEmpty
                          : is_cut_short   ? Malformation::MultipartCutShort
                                           : Malformation::MultipartUnterminated;
        if (!frame.has_begun || !frame.has_ended)
            sink_.malformed(what, frame.boundaries.front(), frame.number);
    }
    sink_.part_ends(frame.number);
}

// ---- what is wrong

void MimeWalker::report(Malformation what, std::string_view subject) {
    const bool is_of_next = where_ == Where::Header;
    sink_.malformed(what, subject, is_of_next ? parts_begun() : parts_begun() - 1);
}

void MimeWalker::stop(Malformation what, std::string_view subject) {
    report(what, subject);
    totals_->has_stopped = true;
}

// All parts that are open end here.
void MimeWalker::close() {
    body_.ignore();
    end_leaf(MimeLeaf::End::Delimiter);
    while (!frames_.empty()) pop_frame(MimeLeaf::End::Delimiter);
}

}  // namespace cursus
