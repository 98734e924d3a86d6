#include "mail/mime_frames.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view dashes = "--";

struct Candidate {
    DelimiterLine line;
    std::size_t rank;  // the highest is meant
};

// RFC 2046 §5.1.1: it is enough that a line begins with the boundary. But a line that is one boundary exactly
// is no other that only begins like it, an open multipart comes before one that has ended, and then the
// longer boundary before the shorter.
std::optional<Candidate> compare(std::string_view line, const MimeFrame& frame, std::size_t number,
                                 std::string_view boundary) {
    if (!line.starts_with(boundary)) return std::nullopt;
    auto rest = line.substr(boundary.size());
    const bool is_last = rest.starts_with(dashes);
    if (is_last) rest.remove_prefix(dashes.size());
    const bool is_exact = std::ranges::all_of(rest, is_blank);
    if (!is_exact && frame.has_ended) return std::nullopt;
    const std::size_t rank = !is_exact         ? boundary.size()
                             : frame.has_ended ? boundary_octets_max + 1
                                               : boundary_octets_max + 2;
    return Candidate{{.frame = number, .is_last = is_last, .is_exact = is_exact}, rank};
}

}  // namespace

void MimeFrames::push(MimeFrame frame) {
    ++(frame.kind == PartKind::Multipart ? multiparts_ : messages_);
    frames_.push_back(std::move(frame));
}

MimeFrame MimeFrames::pop() {
    auto frame = std::move(frames_.back());
    frames_.pop_back();
    --(frame.kind == PartKind::Multipart ? multiparts_ : messages_);
    return frame;
}

// From the innermost outwards: where boundaries are the same, it is the inner multipart's.
std::optional<DelimiterLine> MimeFrames::match(std::string_view line) const {
    if (!line.starts_with(dashes)) return std::nullopt;
    line.remove_prefix(dashes.size());
    std::optional<Candidate> best;
    for (auto number = frames_.size(); number-- > 0;) {
        for (const auto& boundary : frames_[number].boundaries) {
            const auto candidate = compare(line, frames_[number], number, boundary);
            if (candidate && (!best || candidate->rank > best->rank)) best = candidate;
        }
    }
    if (!best) return std::nullopt;
    return best->line;
}

std::optional<Malformation> MimeFrames::clash(const std::vector<std::string>& boundaries) const {
    std::optional<Malformation> found;
    for (const auto& frame : frames_) {
        for (const auto& outer : frame.boundaries) {
            for (const auto& inner : boundaries) {
                if (inner == outer) return Malformation::BoundaryInNested;
                if (inner.starts_with(outer) || outer.starts_with(inner))
                    found = Malformation::BoundaryPrefix;
            }
        }
    }
    return found;
}

}  // namespace cursus
