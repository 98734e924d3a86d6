#include "mail/line_reader.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cursus {
namespace {

// The first CR, LF or NUL, or the end.
std::size_t find_stop(std::string_view text) {
    const auto is_stop = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    return static_cast<std::size_t>(std::ranges::find_if(text, is_stop) - text.begin());
}

}  // namespace

LineReader::Next LineReader::refuse(LineViolation violation) {
    held_.clear();
    is_dropping_ = true;
    dropped_cr_ = false;
    return failure(violation);
}

LineReader::Next LineReader::give_held() {
    line_.swap(held_);
    held_.clear();
    return std::string_view(line_);
}

void LineReader::drop(std::string_view& input) {
    if (dropped_cr_ && input.starts_with('\n')) {
        input.remove_prefix(1);
        is_dropping_ = false;
        return;
    }
    const auto end = input.find(line_end);
    is_dropping_ = end == std::string_view::npos;
    if (is_dropping_ && !input.empty()) dropped_cr_ = input.ends_with('\r');
    input.remove_prefix(is_dropping_ ? input.size() : end + line_end.size());
}

std::optional<LineReader::Next> LineReader::next(std::string_view& input) {
    if (is_dropping_) drop(input);
    if (input.empty()) return std::nullopt;
    if (held_.ends_with('\r')) {
        if (input[0] != '\n') return refuse(LineViolation::BareCr);
        input.remove_prefix(1);
        held_.pop_back();
        return give_held();
    }
    const auto stop = find_stop(input);
    if (held_.size() + stop + line_end.size() > line_octets_max_) {
        const auto text_octets_max = line_octets_max_ - line_end.size();
        input.remove_prefix(text_octets_max - std::min(held_.size(), text_octets_max));
        return refuse(LineViolation::TooLong);
    }
    const auto text = input.substr(0, stop);
    const auto end = input.substr(stop, line_end.size());
    if (end.empty() || end == "\r") {  // more is needed to know
        held_ += input;
        input = {};
        return std::nullopt;
    }
    input.remove_prefix(stop + 1);
    if (end[0] == '\0') return refuse(LineViolation::Nul);
    if (end[0] == '\n') return refuse(LineViolation::BareLf);
    if (end != line_end) return refuse(LineViolation::BareCr);
    input.remove_prefix(1);
    if (held_.empty()) return text;
    held_ += text;
    return give_held();
}

void LineReader::release_memory() {
    if (held_.empty()) std::string().swap(held_);
    std::string().swap(line_);
}

}  // namespace cursus
