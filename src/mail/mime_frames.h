// The parts of a message that are open at some place of it, and the lines that part them, RFC 2046 §5.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/mime_part.h"

namespace cursus {

// A part that holds other parts: a multipart, or a message within the message.
struct MimeFrame {
    std::uint32_t number;
    PartKind kind;
    bool is_digest;  // RFC 2046 §5.1.5
    std::vector<std::string> boundaries;
    bool has_begun = false;  // its first delimiter was seen
    bool has_ended = false;  // its last one was; what follows is its epilogue
};

struct DelimiterLine {
    std::size_t frame;  // whose it is
    bool is_last;       // it ends the multipart
    bool is_exact;      // nothing but white space follows the boundary
};

class MimeFrames {
public:
    void push(MimeFrame frame);
    MimeFrame pop();
    MimeFrame& top() { return frames_.back(); }
    const MimeFrame& top() const { return frames_.back(); }
    std::size_t size() const { return frames_.size(); }
    bool empty() const { return frames_.empty(); }
    bool has_boundaries() const { return multiparts_ != 0; }
    bool has_message() const { return messages_ != 0; }

    // `line` is without its line end.
    std::optional<DelimiterLine> match(std::string_view line) const;
    // BoundaryInNested, BoundaryPrefix: what is wrong with these boundaries inside of the frames there are.
    std::optional<Malformation> clash(const std::vector<std::string>& boundaries) const;

private:
    std::vector<MimeFrame> frames_;
    std::size_t multiparts_ = 0, messages_ = 0;
};

}  // namespace cursus
