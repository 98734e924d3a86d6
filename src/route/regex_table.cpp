#include "route/regex_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"
#include "config/regex_pattern.h"
#include "mail/target_words.h"
#include "route/capture_template.h"

namespace cursus {
namespace {

constexpr std::string_view white = " \t";

struct RegexRule {
    std::shared_ptr<const RE2> pattern;
    CaptureTemplate value;
    std::uint32_t line;
};

class RegexContent final : public FileContent {
public:
    explicit RegexContent(std::vector<RegexRule> rules) : rules_(std::move(rules)) {}

    std::optional<FileRow> find(std::string_view key) const override {
        if (key.size() > regex_key_bytes_max) return std::nullopt;
        std::array<re2::StringPiece, captures_max + 1> matched;
        for (const auto& rule : rules_) {
            const auto groups = std::min<std::size_t>(
                static_cast<std::size_t>(rule.pattern->NumberOfCapturingGroups()), captures_max);
            if (!rule.pattern->Match({key.data(), key.size()}, 0, key.size(), RE2::UNANCHORED, matched.data(),
                                     static_cast<int>(groups) + 1))
                continue;
            std::array<std::string_view, captures_max> captured;
            for (std::size_t i = 0; i < groups; ++i)
                captured[i] = {matched[i + 1].data(), matched[i + 1].size()};
            auto value = rule.value.fill(captured);
            if (!value) return std::nullopt;
            return FileRow{*std::move(value), rule.line};
        }
        return std::nullopt;
    }

private:
    std::vector<RegexRule> rules_;
};

Result<RegexRule, std::string> parse_rule(std::string_view rule, std::uint32_t line) {
    if (rule.size() > regex_rule_bytes_max)
        return failure(fmt::format("more than {} octets", regex_rule_bytes_max));
    if (has_control(rule))
        return failure(std::string("a control character stands in this line: take it out"));
    TRY(read, read_regex(rule));
    const auto value = trimmed(read.rest);
    if (value.empty()) return failure(std::string("no value stands here: write /pattern/ value"));
    const auto groups = static_cast<std::size_t>(read.regex->NumberOfCapturingGroups());
    TRY(filled, CaptureTemplate::parse(value, std::min(groups, captures_max)));
    return RegexRule{std::move(read.regex), std::move(filled), line};
}

// A rule's lines as one.
struct JoinedLine {
    std::string text;
    std::uint32_t line = 0;  // of the first
};

Result<std::vector<JoinedLine>, TargetError> join_lines(std::string_view text) {
    std::vector<JoinedLine> joined;
    std::uint32_t number = 0;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number;
        const auto content = trimmed(line);
        if (content.empty() || content.starts_with('#')) continue;
        if (white.contains(line.front())) {
            if (joined.empty())
                return failure(TargetError{number,
                                           "this line begins with white space, but there is none "
                                           "before it to go on with: take it out"});
            joined.back().text += fmt::format(" {}", content);
            continue;
        }
        if (joined.size() == regex_rules_max)
            return failure(TargetError{number, fmt::format("more than {} patterns", regex_rules_max)});
        joined.push_back({std::string(content), number});
    }
    return joined;
}

}  // namespace

Result<ParsedFile, TargetError> parse_regex_table(const std::string& text) {
    TRY(lines, join_lines(text));
    std::vector<RegexRule> rules;
    for (const auto& line : lines) {
        auto rule = parse_rule(line.text, line.line);
        if (!rule) return failure(TargetError{line.line, std::move(rule).error()});
        rules.push_back(*std::move(rule));
    }
    return ParsedFile{std::make_shared<RegexContent>(std::move(rules)), {}};
}

std::shared_ptr<Table> make_regex_table(const FileTableNeeds& needs, std::string name, std::string path) {
    return std::make_shared<FileTable>(needs, std::move(name), std::move(path), parse_regex_table);
}

}  // namespace cursus
