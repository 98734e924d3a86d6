#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"
#include "mail/target.h"
#include "mail/target_item.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

// What keeps commas and line ends from ending an item.
enum class Guard : std::uint8_t { None, DoubleQuote, SingleQuote, Comment, Angle };

// Cuts a list into items, each with the line it begins on.
//
// A line end ends an item, as in everybody's forward files; so it may in an alias, where the others would
// have joined the lines to something that is no target. Only inside quotes, and in the text of a ":fail:", an
// indented line goes on with the item. Where joining and not joining both make sense, behind a command, we
// ask.
// "#" begins a comment wherever an item could begin (Exim); to Postfix it would be an address there.
class TargetList {
public:
    TargetList(std::string_view text, std::uint32_t first_line) : rest_(text), line_(first_line) {}

    Result<std::vector<PlacedTarget>, TargetError> run() {
        std::vector<PlacedTarget> targets;
        for (skip_between(); !rest_.empty(); skip_between()) {
            item_line_ = line_;
            TRY_VOID(take_item());
            TRY(target, parse_item());
            if (!target) continue;
            if (targets.size() == targets_max)
                return failed(fmt::format("more than {} targets: divide the list", targets_max));
            targets.push_back({*std::move(target), item_line_});
        }
        return targets;
    }

private:
    using Taken = Result<void, TargetError>;

    static constexpr std::string_view crlf = "\r\n";

    std::unexpected<TargetError> failed(std::string what) const {
        return failure(TargetError{item_line_, std::move(what)});
    }
    bool at_line_end() const { return rest_.starts_with('\n') || rest_.starts_with(crlf); }
    void take_line_end() {
        rest_.remove_prefix(rest_.front() == '\n' ? 1 : crlf.size());
        ++line_;
    }
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

    void skip_between() {
        while (!rest_.empty()) {
            if (at_line_end())
                take_line_end();
            else if (is_blank(rest_.front()) || rest_.front() == ',')
                rest_.remove_prefix(1);
            else if (rest_.front() == '#')
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            else
                return;
        }
    }

    // Behind a line end: does the next line begin with white space, and has it anything to say?
    bool is_continued() const {
        const auto begin = rest_.find_first_not_of(" \t");
        return begin != 0 && begin != std::string_view::npos &&
               !std::string_view("\r\n#").contains(rest_[begin]);
    }

    Taken take_item() {
        item_.clear();
        if (has_text_to_line_end(rest_)) return take_text();
        TRY_VOID(take_guarded());
        if (item_.starts_with('|') && at_line_end()) {
            take_line_end();
            if (is_continued())
                return failed(
                    "it is not clear whether the next line belongs to this command: put \"...\" around "
                    "the whole command, or a comma behind it");
        }
        return {};
    }

    Taken take_text() {
        for (;;) {
            while (!rest_.empty() && !at_line_end()) {
                TRY_VOID(take_octet());
            }
            if (rest_.empty()) return {};
            take_line_end();
            if (!is_continued()) return {};
            skip_blanks();
            item_ += ' ';
        }
    }

    Taken take_guarded() {
        std::vector<Guard> guards;
        const bool is_path = rest_.front() == '/' || rest_.front() == ':';
        const bool is_command = rest_.front() == '|';
        while (!rest_.empty()) {
            const Guard guard = guards.empty() ? Guard::None : guards.back();
            const char c = rest_.front();
            if (at_line_end()) {
                if (guard == Guard::None) break;
                TRY_VOID(take_fold(guard));
                continue;
            }
            if (guard == Guard::None && c == ',') break;
            const bool is_escape =
                c == '\\' && (is_command ? guard != Guard::SingleQuote : guard != Guard::None);
            TRY_VOID(take_octet());
            if (is_escape) {
                if (!rest_.empty() && !at_line_end()) {
                    TRY_VOID(take_octet());
                }
            } else if (is_command) {
                turn_in_command(guards, c);
            } else if (!is_path) {
                turn_in_address(guards, c);
            }
        }
        if (!guards.empty()) return unclosed(guards.back());
        return {};
    }

    static void turn_in_command(std::vector<Guard>& guards, char c) {
        const Guard quote = c == '"' ? Guard::DoubleQuote : c == '\'' ? Guard::SingleQuote : Guard::None;
        if (quote == Guard::None) return;
        if (guards.empty())
            guards.push_back(quote);
        else if (guards.back() == quote)
            guards.pop_back();
    }

    // Comments nest (RFC 5322 §3.2.2), and quotes stand between angle brackets.
    static void turn_in_address(std::vector<Guard>& guards, char c) {
        const Guard guard = guards.empty() ? Guard::None : guards.back();
        if (guard == Guard::DoubleQuote) {
            if (c == '"') guards.pop_back();
        } else if (guard == Guard::Comment) {
            if (c == '(') guards.push_back(Guard::Comment);
            if (c == ')') guards.pop_back();
        } else if (c == '"') {
            guards.push_back(Guard::DoubleQuote);
        } else if (c == '(') {
            guards.push_back(Guard::Comment);
        } else if (c == '<' && guard == Guard::None) {
            guards.push_back(Guard::Angle);
        } else if (c == '>' && guard == Guard::Angle) {
            guards.pop_back();
        }
    }

    // A line end inside quotes, with the white space behind it, is one space.
    Taken take_fold(Guard guard) {
        take_line_end();
        if (!is_continued()) return unclosed(guard);
        skip_blanks();
        item_ += ' ';
        return {};
    }

    Taken unclosed(Guard guard) const {
        const char c = guard == Guard::Comment       ? '('
                       : guard == Guard::Angle       ? '<'
                       : guard == Guard::SingleQuote ? '\''
                                                     : '"';
        return failed(
            fmt::format("a {} in \"{}\" is not closed before its line ends: add the second one; a line "
                        "that goes on with it begins with white space",
                        c, excerpt(item_)));
    }

    Taken take_octet() {
        const char c = rest_.front();
        if (is_control(c) && c != '\t')
            return failed(fmt::format("a control byte follows \"{}\", 0x{:02x}: take it out", excerpt(item_),
                                      static_cast<unsigned char>(c)));
        if (item_.size() >= target_octets_max)
            return failed(
                fmt::format("a target of more than {} octets begins here, \"{}\": divide it, or close its "
                            "quotes",
                            target_octets_max, excerpt(item_)));
        item_ += c;
        rest_.remove_prefix(1);
        return {};
    }

    Result<std::optional<Target>, TargetError> parse_item() {
        if (!is_utf8(item_))
            return failed(fmt::format("\"{}\" is not UTF-8: save the file as UTF-8", excerpt(item_)));
        if (has_c1_control(item_))
            return failed(fmt::format("a control character stands in \"{}\": take it out", excerpt(item_)));
        auto target = parse_target(trimmed(item_));
        if (!target) return failed(std::move(target).error());
        return *std::move(target);
    }

    std::string_view rest_;
    std::uint32_t line_;
    std::string item_;
    std::uint32_t item_line_ = 0;
};

}  // namespace

Result<std::vector<PlacedTarget>, TargetError> parse_targets(std::string_view text,
                                                             std::uint32_t first_line) {
    if (text.size() > target_list_octets_max)
        return failure(TargetError{
            first_line, fmt::format("the list has more than {} octets: divide it", target_list_octets_max)});
    return TargetList(text, first_line).run();
}

}  // namespace cursus
