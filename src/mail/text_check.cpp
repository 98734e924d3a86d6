#include "mail/text_check.h"

#include <algorithm>

namespace cursus {
namespace {

constexpr std::size_t block = 64;

// True when in the block's octets every CR is followed by LF, every LF follows CR and none is NUL. Looks at
// one octet beyond the block, and takes for granted that the block's first octet is no LF or follows a CR. No
// branch inside the loop, so that the compiler makes vector instructions of it: this is where a server spends
// its time on DATA.
bool is_plain_block(const char* octets) {
    unsigned char faults = 0;
    for (std::size_t i = 0; i < block; ++i) {
        const bool is_cr = octets[i] == '\r', is_lf_next = octets[i + 1] == '\n', is_nul = octets[i] == '\0';
        faults |= static_cast<unsigned char>((is_cr != is_lf_next) | is_nul);
    }
    return faults == 0;
}

// How much of `text`, which follows no CR, can be taken at once; what is taken does not end in CR.
std::size_t plain_length(std::string_view text) {
    if (text.empty() || text[0] == '\n') return 0;
    std::size_t length = 0;
    while (text.size() - length > block && is_plain_block(text.data() + length)) length += block;
    return length != 0 && text[length - 1] == '\r' ? length - 1 : length;
}

}  // namespace

void TextCheck::add(std::string_view text) {
    while (!text.empty()) {
        if (!after_cr_) {
            const auto length = plain_length(text);
            if (length != 0) add_plain(text.substr(0, length));
            text.remove_prefix(length);
        }
        const auto careful = text.substr(0, block);
        for (const char c : careful) add_octet(c);
        text.remove_prefix(careful.size());
    }
}

void TextCheck::add_plain(std::string_view run) {
    at_line_start_ = run.back() == '\n';
    // Steps as long as a line may be, so that the ends of most lines are not even looked for.
    while (line_octets_ + run.size() > line_octets_max_) {
        const auto room = line_octets_max_ - std::min(line_octets_, line_octets_max_);
        const auto end = room == 0 ? std::string_view::npos : run.rfind('\n', room - 1);
        if (end == std::string_view::npos) {
            violate(DataViolation::LineTooLong);
            break;
        }
        run.remove_prefix(end + 1);
        line_octets_ = 0;
    }
    const auto last = run.rfind('\n');
    line_octets_ = last == std::string_view::npos ? line_octets_ + run.size() : run.size() - last - 1;
}

void TextCheck::add_octet(char c) {
    if ((c == '\n') != after_cr_) violate(c == '\n' ? DataViolation::BareLf : DataViolation::BareCr);
    if (c == '\0') violate(DataViolation::Nul);
    if (++line_octets_ > line_octets_max_) violate(DataViolation::LineTooLong);
    at_line_start_ = c == '\n' && after_cr_;
    after_cr_ = c == '\r';
    if (at_line_start_) line_octets_ = 0;
}

void TextCheck::end() {
    if (after_cr_) violate(DataViolation::BareCr);
}

}  // namespace cursus
