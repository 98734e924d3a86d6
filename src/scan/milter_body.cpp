#include "scan/milter_body.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cursus {

Result<void, std::string> NewBodyBuilder::add(std::string_view octets) {
    if (kind_ == Body::BinaryMime) return append(octets);
    while (!octets.empty()) {
        if (after_cr_) {
            // The CRLF is written already, and this is its second half, or not.
            if (octets.front() == '\n') octets.remove_prefix(1);
            after_cr_ = false;
            continue;
        }
        const auto end = std::min(octets.find_first_of("\r\n"), octets.size());
        TRY_VOID(append(octets.substr(0, end)));
        if (end == octets.size()) break;
        after_cr_ = octets[end] == '\r';
        TRY_VOID(append(line_end));
        octets.remove_prefix(end + 1);
    }
    return check();
}

Result<void, std::string> NewBodyBuilder::append(std::string_view octets) {
    if (octets.size() > size_max_ - body_.size)
        return failure(std::string("its new body is larger than a message may be"));
    body_.size += octets.size();
    body_.is_ascii = body_.is_ascii && is_ascii(octets);
    if (kind_ != Body::BinaryMime) text_.add(octets);
    while (!octets.empty()) {
        const auto part = octets.substr(0, milter_body_piece_octets - piece_.size());
        piece_ += part;
        octets.remove_prefix(part.size());
        if (piece_.size() == milter_body_piece_octets)
            body_.pieces.push_back(std::make_shared<const std::string>(std::exchange(piece_, {})));
    }
    return {};
}

Result<void, std::string> NewBodyBuilder::check() {
    if (!text_.violation()) return {};
    return failure(std::string(text_.violation() == DataViolation::Nul
                                   ? "its new body holds NUL"
                                   : "its new body has a line that is too long"));
}

NewBody NewBodyBuilder::finish() {
    if (!piece_.empty())
        body_.pieces.push_back(std::make_shared<const std::string>(std::exchange(piece_, {})));
    return std::exchange(body_, {});
}

Task<Result<std::shared_ptr<const std::string>, std::string>> NewBodySource::piece(std::uint64_t offset) {
    if (offset >= body_.size) co_return std::make_shared<const std::string>();
    const auto& piece = body_.pieces[offset / milter_body_piece_octets];
    const std::size_t within = offset % milter_body_piece_octets;
    if (within == 0) co_return piece;
    co_return std::make_shared<const std::string>(piece->substr(within));
}

}  // namespace cursus
