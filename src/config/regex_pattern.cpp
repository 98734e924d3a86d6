#include "config/regex_pattern.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"

namespace cursus {
namespace {

// Where the pattern that begins `text` ends: its second slash that no backslash stands before.
std::size_t regex_end(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '/') return i;
        if (text[i] == '\\') ++i;
    }
    return std::string_view::npos;
}

}  // namespace

Result<SlashedRegex, std::string> read_regex(std::string_view text) {
    const auto end = regex_end(text);
    if (!text.starts_with('/') || end == std::string_view::npos)
        return failure(std::string("no pattern stands here: write /pattern/"));
    const auto flags_end = std::min(text.find_first_of(" \t", end), text.size());
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(regex_memory_bytes_max);
    for (const char flag : text.substr(end + 1, flags_end - end - 1)) {
        if (flag != 'i') return failure(fmt::format("\"{}\" is no flag; the only one is i", flag));
        options.set_case_sensitive(false);
    }
    const auto pattern = text.substr(1, end - 1);
    auto regex = std::make_shared<const RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!regex->ok()) return failure(fmt::format("/{}/ is no pattern: {}", pattern, regex->error()));
    return SlashedRegex{std::move(regex), text.substr(flags_end)};
}

Result<RegexPattern, std::string> RegexPattern::parse(std::string_view text) {
    if (text.size() > regex_text_octets_max)
        return failure(fmt::format("a pattern has {} octets at most", regex_text_octets_max));
    if (has_control(text)) return failure(std::string("a control character stands in this pattern"));
    TRY(read, read_regex(text));
    if (!read.rest.empty())
        return failure(fmt::format("\"{}\" stands behind the pattern: take it out", read.rest));
    if (read.regex->ProgramSize() > regex_instructions_max) {
        return failure(
            fmt::format("{} takes {} steps, and {} are allowed; write fewer or smaller repetitions", text,
                        read.regex->ProgramSize(), regex_instructions_max));
    }
    return RegexPattern(std::string(text), std::move(read.regex));
}

bool RegexPattern::matches(std::string_view subject) const {
    subject = subject.substr(0, regex_subject_octets_max);
    return RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *regex_);
}

}  // namespace cursus
