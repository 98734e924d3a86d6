#include "mail/data_framing.h"

#include <algorithm>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view dotted_line = "\r\n.";

}  // namespace

void MessageOctets::add(std::string_view octets, std::string& out) {
    const auto room = octets_max_ - std::min(count_, octets_max_);
    if (octets.size() > room) {
        look_at(octets.substr(0, room));
        check_.violate(DataViolation::TooBig);
        look_at(octets.substr(room));
    } else {
        look_at(octets);
    }
    count_ += octets.size();
    if (!check_.violation()) out += octets;
}

bool DotDecoder::feed(std::string_view& input, std::string& out) {
    const auto before = input.size();
    bool is_end = false;
    while (!is_end && !input.empty()) is_end = step(input, out);
    raw_octets_ += before - input.size();
    return is_end;
}

bool DotDecoder::step(std::string_view& input, std::string& out) {
    switch (state_) {
        case State::Text:
            if (!octets_.check().at_line_start() || input[0] != '.') {
                take_text(input, out);
            } else {
                input.remove_prefix(1);  // a stuffed dot, or the end: RFC 5321 §4.5.2
                state_ = State::AfterDot;
            }
            return false;
        case State::AfterDot:
            if (input[0] == '\r') {
                input.remove_prefix(1);
                state_ = State::AfterDotCr;
            } else {
                take_text(input, out);
            }
            return false;
        case State::AfterDotCr:
            if (input[0] == '\n') {
                input.remove_prefix(1);
                return true;
            }
            octets_.add("\r", out);
            state_ = State::Text;
            return false;
    }
    return false;
}

// Everything up to the next line that begins with a dot.
void DotDecoder::take_text(std::string_view& input, std::string& out) {
    std::size_t end = 1;
    if (!octets_.check().after_cr() || !input.starts_with("\n.")) {
        const auto dotted = input.find(dotted_line);
        end = dotted == std::string_view::npos ? input.size() : dotted + line_end.size();
    }
    octets_.add(input.substr(0, end), out);
    input.remove_prefix(end);
    state_ = State::Text;
}

void BdatFraming::begin(std::uint64_t size, bool is_last) {
    left_ = size;
    is_last_ = is_last;
    if (++chunks_ > bdat_chunks_max) octets_.check().violate(DataViolation::TooManyChunks);
    if (size > message_octets_max_ - std::min(octets_.count(), message_octets_max_)) {
        octets_.check().violate(DataViolation::TooBig);
    }
    if (is_complete()) octets_.end();
}

bool BdatFraming::feed(std::string_view& input, std::string& out) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    octets_.add(input.substr(0, length), out);
    input.remove_prefix(length);
    left_ -= length;
    if (is_complete()) octets_.end();
    return left_ == 0;
}

std::optional<DataViolation> DotEncoder::encode(std::string_view text,
                                                std::vector<std::string_view>& pieces) {
    // `dot` is where a line begins with a dot: that dot goes out twice.
    std::size_t begin = 0;
    std::size_t dot = std::string_view::npos;
    if (check_.at_line_start() && text.starts_with('.'))
        dot = 0;
    else if (check_.after_cr() && text.starts_with("\n."))
        dot = 1;
    check_.add(text);
    while (!text.empty()) {
        if (dot == std::string_view::npos) {
            const auto line = text.find(dotted_line, begin);
            dot = line == std::string_view::npos ? text.size() : line + line_end.size();
        }
        if (dot > begin) pieces.push_back(text.substr(begin, dot - begin));
        if (dot == text.size()) break;
        pieces.push_back(text.substr(dot, 1));
        begin = dot;
        dot = std::string_view::npos;
    }
    return check_.violation();
}

std::optional<DataViolation> DotEncoder::finish(std::vector<std::string_view>& pieces) {
    check_.end();
    if (!check_.at_line_start()) pieces.push_back(line_end);
    pieces.push_back(".\r\n");
    return check_.violation();
}

}  // namespace cursus
