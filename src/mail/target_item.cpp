#include "mail/target_item.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/command_line.h"
#include "mail/target_address.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

using ParsedTarget = Result<Target, std::string>;

constexpr std::string_view null_device = "/dev/null";

// Of sendmail's error mailer.
constexpr std::array<std::string_view, 7> error_names{"config",   "nohost",      "nouser", "protocol",
                                                      "tempfail", "unavailable", "usage"};

// Takes `word` off the front of `text` if it stands there, in whatever case.
bool take_word(std::string_view& text, std::string_view word) {
    if (!equal_ignoring_case(text.substr(0, word.size()), word)) return false;
    text.remove_prefix(word.size());
    return true;
}

std::string line_text(std::string_view text) {
    std::string line(trimmed(text));
    std::ranges::replace(line, '\t', ' ');
    return line;
}

// Empty when `path` may be opened for mail, else what is wrong with it.
std::string path_fault(std::string_view path) {
    if (!path.starts_with('/')) return "is not an absolute path: begin it with /";
    if (has_control(path)) return "has a tab in it: take it out";
    if (path.find_first_not_of('/') == std::string_view::npos) return "is the root directory: name a file";
    for (std::size_t begin = 1; begin <= path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        if (path.substr(begin, end - begin) == "..")
            return "has \"..\" in it: write the path that it leads to";
        begin = end + 1;
    }
    return {};
}

ParsedTarget parse_path(std::string_view path) {
    if (path == null_device) return BlackholeTarget{};
    if (const auto fault = path_fault(path); !fault.empty())
        return failure(fmt::format("\"{}\" {}", excerpt(path), fault));
    if (!path.ends_with('/')) return FileTarget{std::string(path)};
    return DirectoryTarget{std::string(path.substr(0, path.find_last_not_of('/') + 1))};
}

// Outside quotes white space ends nothing and means nothing in a path: most likely a comma was forgotten.
std::string unquoted_path_fault(std::string_view item) {
    if (item.find_first_of(" \t\"") == std::string_view::npos) return {};
    return fmt::format(
        "white space or a quotation mark stands in \"{}\": write a comma between two targets, or "
        "put \"...\" around all of it",
        excerpt(item));
}

ParsedTarget parse_include(std::string_view path) {
    if (const auto fault = path_fault(path); !fault.empty())
        return failure(fmt::format("\":include:{}\": the path {}", excerpt(path), fault));
    if (path.ends_with('/'))
        return failure(fmt::format("\":include:{}\" names a directory: name a file", excerpt(path)));
    return IncludeTarget{std::string(path)};
}

// Sendmail's error mailer: "error:5.1.1:550 text", "error:550 text", "error:nouser text". Whether the failure
// is for good stands in its first word; 4.x.x, 4xx and tempfail are not.
Target parse_error_mailer(std::string_view text) {
    text = trimmed(text);
    const auto word = text.substr(0, text.find_first_of(" \t"));
    const bool is_code = !word.empty() && is_digit(word.front());
    const bool is_name = std::ranges::any_of(
        error_names, [word](std::string_view name) { return equal_ignoring_case(word, name); });
    if (is_code || is_name) text.remove_prefix(word.size());
    if (word.starts_with('4') || equal_ignoring_case(word, "tempfail")) return DeferTarget{line_text(text)};
    return FailTarget{line_text(text)};
}

ParsedTarget parse_special(std::string_view item) {
    auto rest = item;
    if (take_word(rest, ":fail:")) return FailTarget{line_text(rest)};
    if (take_word(rest, ":defer:")) return DeferTarget{line_text(rest)};
    if (take_word(rest, ":include:")) return parse_include(trimmed(rest));
    if (take_word(rest, ":blackhole:") && rest.empty()) return BlackholeTarget{};
    return failure(
        fmt::format("\"{}\" is not known: write :include:/file, :fail: text, :defer: text or, with "
                    "nothing behind it, :blackhole:",
                    excerpt(item)));
}

// The content of an item that is nothing but one quoted string; nullopt if it is more or less than that.
std::optional<std::string> wholly_quoted(std::string_view item) {
    if (!item.starts_with('"')) return std::nullopt;
    std::string content;
    for (std::size_t i = 1; i < item.size(); ++i) {
        if (item[i] == '"') return i + 1 == item.size() ? std::optional(std::move(content)) : std::nullopt;
        if (item[i] == '\\' && i + 1 < item.size()) ++i;
        content += item[i];
    }
    return std::nullopt;
}

ParsedTarget parse_command(std::string_view text) {
    // |"command args": for sendmail and Postfix the quotes only keep the item together. Exim would look for a
    // program with spaces in its name, which nobody has.
    const auto content = wholly_quoted(trimmed(text));
    auto arguments = split_command(content ? *content : text);
    if (!arguments) return failure(fmt::format("\"|{}\": {}", excerpt(trimmed(text)), arguments.error()));
    return CommandTarget{*std::move(arguments)};
}

ParsedTarget parse_quoted(std::string_view item, std::string_view content) {
    if (content.starts_with('|')) return parse_command(content.substr(1));
    if (content.starts_with('/')) return parse_path(content);
    if (content.starts_with(':')) return parse_special(content);
    // "user@domain" in quotes: an address, as Postfix and Exim read it. For RFC 5322 it is a local part with
    // an @ in it, which nobody means; who does writes <"user@domain">.
    if (const auto mailbox = Mailbox::parse(content))
        return AddressTarget{mailbox->local_part(), mailbox->host(), false};
    TRY(address, parse_address_target(item));
    return *std::move(address);
}

std::string quoted(std::string_view content) {
    std::string text = "\"";
    for (const char c : content) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text += '"';
}

// `item` as it is if it holds nothing that a list of targets would take for its own.
std::string quoted_if_needed(const std::string& item) {
    return item.find_first_of(" ,\"\\") == std::string::npos ? item : quoted(item);
}

std::string with_text(std::string_view word, std::string_view text) {
    return text.empty() ? std::string(word) : fmt::format("{} {}", word, text);
}

struct TargetText {
    std::string operator()(const AddressTarget& target) const { return address_target_text(target); }
    std::string operator()(const IncludeTarget& target) const {
        return quoted_if_needed(":include:" + target.path);
    }
    std::string operator()(const CommandTarget& target) const {
        return quoted("|" + command_text(target.arguments));
    }
    std::string operator()(const FileTarget& target) const { return quoted_if_needed(target.path); }
    std::string operator()(const DirectoryTarget& target) const {
        return quoted_if_needed(target.path + "/");
    }
    std::string operator()(const FailTarget& target) const { return with_text(":fail:", target.text); }
    std::string operator()(const DeferTarget& target) const { return with_text(":defer:", target.text); }
    std::string operator()(const BlackholeTarget&) const { return ":blackhole:"; }
};

}  // namespace

bool has_text_to_line_end(std::string_view item) {
    return take_word(item, ":fail:") || take_word(item, ":defer:") || take_word(item, "error:");
}

Result<std::optional<Target>, std::string> parse_target(std::string_view item) {
    if (const auto content = wholly_quoted(item)) return parse_quoted(item, *content);
    if (item.starts_with('|')) return parse_command(item.substr(1));
    if (has_text_to_line_end(item)) {
        auto rest = item;
        return take_word(rest, "error:") ? parse_error_mailer(rest) : parse_special(item);
    }
    // "/a@b.example" is a file, as for Postfix. Exim would take it for an address of X.400, of which there
    // are none left, while a mailbox's file may well be named after its address.
    auto path = item;
    if (item.starts_with('/') || take_word(path, ":include:")) {
        if (auto fault = unquoted_path_fault(trimmed(path)); !fault.empty()) return failure(std::move(fault));
    }
    if (item.starts_with('/')) return parse_path(item);
    if (item.starts_with(':')) return parse_special(item);
    TRY(address, parse_address_target(item));
    if (!address) return std::nullopt;
    return *std::move(address);
}

std::string target_text(const Target& target) {
    return std::visit(TargetText{}, target);
}

}  // namespace cursus
