#include "scan/spamd_reply.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/number.h"
#include "base/text.h"
#include "mail/target_words.h"
#include "scan/said.h"

namespace cursus {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

std::unexpected<std::string> spamd_failure(std::string_view what, std::string_view words) {
    return failure(fmt::format("{}: \"{}\"", what, as_said(words)));
}

// What stands before `mark`, which is taken away with it. All of it, where there is none.
std::string_view take_until(std::string_view& text, std::string_view mark) {
    const auto end = text.find(mark);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
    return part;
}

std::optional<bool> parse_spam_word(std::string_view word) {
    if (equal_ignoring_case(word, "True") || equal_ignoring_case(word, "Yes")) return true;
    if (equal_ignoring_case(word, "False") || equal_ignoring_case(word, "No")) return false;
    return std::nullopt;
}

// "NAME,NAME", with or without line ends.
void take_symbols(std::string_view list, SpamVerdict& verdict) {
    std::size_t left_out = 0;
    while (!list.empty()) {
        auto name = trimmed(take_until(list, ","));
        while (name.ends_with('\n') || name.ends_with('\r')) name.remove_suffix(1);
        if (name.empty()) continue;
        if (is_symbol(name) && verdict.symbols.size() < spam_symbols_max) {
            verdict.symbols.push_back({std::string(name), std::nullopt});
        } else {
            ++left_out;
        }
    }
    if (left_out != 0) verdict.omissions.push_back(fmt::format("{} of its symbols", left_out));
}

}  // namespace

std::optional<double> parse_spam_score(std::string_view text) {
    const auto score = parse_number<double>(text);
    if (!score) return std::nullopt;
    return std::clamp(*score, -spam_score_max, spam_score_max);
}

Result<void, std::string> SpamdReplyReader::take(std::string_view octets) {
    const std::size_t looked_at = received_.size();
    received_ += octets;
    if (where_ == Where::Head) {
        const auto from = looked_at < head_end.size() ? 0 : looked_at - head_end.size();
        const auto end = received_.find(head_end, from);
        if (std::min(end, received_.size()) > spamd_head_octets_max)
            return failure(std::string("the head of its reply does not end"));
        if (end == std::string::npos) return {};
        const std::string body = received_.substr(end + head_end.size());
        received_.resize(end);
        TRY_VOID(take_head());
        received_ = body;
        where_ = Where::Body;
    }
    return look_at_body();
}

Result<void, std::string> SpamdReplyReader::look_at_body() {
    if (received_.size() > spamd_body_octets_max) return failure(std::string("its reply does not end"));
    is_whole_ = body_octets_ && received_.size() >= *body_octets_;
    return {};
}

Result<void, std::string> SpamdReplyReader::end() {
    if (where_ == Where::Body && !body_octets_) {  // what it says ends with the connection
        is_whole_ = true;
        return {};
    }
    if (received_.empty() && where_ == Where::Head) return failure(std::string("it hung up without a reply"));
    // Of an error it says one line.
    if (where_ == Where::Head && received_.ends_with(line_end)) {
        std::string_view rest = received_;
        TRY_VOID(take_status(take_until(rest, line_end)));
    }
    return failure(std::string("it hung up amid its reply"));
}

SpamVerdict SpamdReplyReader::verdict() && {
    if (body_octets_) received_.resize(std::min(received_.size(), *body_octets_));
    take_symbols(received_, *verdict_);
    return *std::move(verdict_);
}

Result<void, std::string> SpamdReplyReader::take_head() {
    std::string_view rest = received_;
    TRY_VOID(take_status(take_until(rest, line_end)));
    while (!rest.empty()) {
        TRY_VOID(take_field(take_until(rest, line_end)));
    }
    if (!verdict_) return failure(std::string("its reply has no verdict"));
    return {};
}

// "SPAMD/1.1 0 EX_OK"; every other number is one of sysexits.h, or of its own, for what went wrong.
Result<void, std::string> SpamdReplyReader::take_status(std::string_view line) const {
    std::string_view rest = line;
    const auto version = take_until(rest, " ");
    const auto code = take_until(rest, " ");
    if (!version.starts_with("SPAMD/") || code.empty() ||
        !std::ranges::all_of(code, [](char c) { return is_digit(c); }))
        return spamd_failure("its reply is none of spamd's", line);
    if (code != "0") return spamd_failure("it could not look at the message", line);
    return {};
}

Result<void, std::string> SpamdReplyReader::take_field(std::string_view line) {
    std::string_view value = line;
    const auto name = take_until(value, ":");
    value = trimmed(value);
    if (equal_ignoring_case(name, "Spam")) return take_spam(value);
    if (!equal_ignoring_case(name, "Content-length")) return {};  // others may come, spamd/PROTOCOL says
    const auto octets = parse_number<std::size_t>(value);
    if (!octets || *octets > spamd_body_octets_max || body_octets_)
        return spamd_failure("its reply has no proper length", line);
    body_octets_ = octets;
    return {};
}

// "True ; 15.0 / 5.0"
Result<void, std::string> SpamdReplyReader::take_spam(std::string_view value) {
    std::string_view rest = value;
    const auto is_spam = parse_spam_word(trimmed(take_until(rest, ";")));
    const auto score = parse_spam_score(trimmed(take_until(rest, "/")));
    const auto threshold = parse_spam_score(trimmed(rest));
    if (!is_spam || !score || !threshold || verdict_) return spamd_failure("its verdict is none", value);
    verdict_.emplace();
    verdict_->scanner = SpamScanner::Spamd;
    verdict_->score = *score;
    verdict_->action = *is_spam ? SpamAction::AddHeader : SpamAction::None;
    verdict_->action_name = *is_spam ? "True" : "False";
    return {};
}

}  // namespace cursus
