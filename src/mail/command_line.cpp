#include "mail/command_line.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view shell_operators = ";&|<>()$`";
constexpr std::string_view acts_in_double_quotes = "$`";
constexpr std::string_view escaped_in_double_quotes = "$`\"\\";  // POSIX shell, 2.2.3

std::string needs_a_shell(char c) {
    return fmt::format(
        "{} would need a shell, and no shell reads a command here: put '...' around it, or write /bin/sh -c "
        "'...'",
        c);
}

class Splitter {
public:
    explicit Splitter(std::string_view text) : rest_(text) {}

    Result<std::vector<std::string>, std::string> run() {
        while (!rest_.empty()) {
            const char c = take();
            if (is_blank(c))
                end_word();
            else if (c == '#' && !word_)
                break;
            else if (auto fault = add(c); !fault.empty())
                return failure(std::move(fault));
        }
        end_word();
        return std::move(words_);
    }

private:
    char take() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    void end_word() {
        if (word_) words_.push_back(*std::move(word_));
        word_.reset();
    }
    // Returns what is wrong, or nothing.
    std::string add(char c) {
        if (!word_) word_.emplace();
        if (c == '\'') return add_single_quoted();
        if (c == '"') return add_double_quoted();
        if (shell_operators.contains(c)) return needs_a_shell(c);
        if (c == '\\') {
            if (rest_.empty()) return "nothing follows the backslash at the end of the command: take it out";
            c = take();
        }
        *word_ += c;
        return {};
    }
    std::string add_single_quoted() {
        const auto end = rest_.find('\'');
        if (end == std::string_view::npos) return "a ' in the command is not closed: add the second one";
        *word_ += rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return {};
    }
    std::string add_double_quoted() {
        while (!rest_.empty()) {
            char c = take();
            if (c == '"') return {};
            if (acts_in_double_quotes.contains(c)) return needs_a_shell(c);
            if (c == '\\' && !rest_.empty() && escaped_in_double_quotes.contains(rest_.front())) c = take();
            *word_ += c;
        }
        return "a \" in the command is not closed: add the second one";
    }

    std::string_view rest_;
    std::optional<std::string> word_;
    std::vector<std::string> words_;
};

bool is_plain(char c) {
    return is_alpha(c) || is_digit(c) || !is_ascii(c) || std::string_view("@%-_=+:,./^").contains(c);
}

std::string word_text(std::string_view word) {
    if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    }
    return quoted += '\'';
}

}  // namespace

Result<std::vector<std::string>, std::string> split_command(std::string_view text) {
    TRY(words, Splitter(text).run());
    if (words.size() > 1 && words.front() == "exec") words.erase(words.begin());
    if (words.empty()) return failure(std::string("no command follows the |: write |/path/of/program"));
    if (!words.front().starts_with('/'))
        return failure(fmt::format("the program \"{}\" is not an absolute path: write |/path/of/program",
                                   printable(words.front())));
    return std::move(words);
}

std::string command_text(const std::vector<std::string>& arguments) {
    std::string text;
    for (const auto& argument : arguments) {
        if (!text.empty()) text += ' ';
        text += word_text(argument);
    }
    return text;
}

}  // namespace cursus
