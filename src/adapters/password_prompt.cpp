#include "adapters/password_prompt.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "base/wipe.h"

namespace cursus {
namespace {

constexpr std::size_t line_octets_max = 4096;

// Neither shows what is typed nor ends the program by it, which would leave the terminal so.
class SilentTerminal {
public:
    SilentTerminal() {
        is_changed_ = tcgetattr(STDIN_FILENO, &before_) == 0;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        is_changed_ = is_changed_ && tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal() {
        if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    bool is_silent() const { return is_changed_; }

private:
    termios before_{};
    bool is_changed_ = false;
};

// An octet at a time: what follows the line is not ours.
Result<std::string, std::string> read_line() {
    std::string line;
    line.reserve(line_octets_max);  // it is not copied as it grows
    while (line.size() < line_octets_max) {
        char octet = 0;
        const ssize_t got = read(STDIN_FILENO, &octet, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure("standard input: " + std::system_category().message(errno));
        if (got == 0 || octet == '\n') break;
        line += octet;
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

void show(const std::string& text) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

Result<std::string, std::string> ask(const std::string& prompt) {
    show(prompt);
    auto line = read_line();
    show("\n");
    return line;
}

}  // namespace

Result<std::string, std::string> ask_new_password(const std::string& account) {
    if (isatty(STDIN_FILENO) == 0) return read_line();
    const SilentTerminal terminal;
    if (!terminal.is_silent()) return failure(std::string("the terminal would show the password"));
    TRY(password, ask(fmt::format("Password for {}: ", account)));
    TRY(again, ask("The same again: "));
    const WipedAtEnd wiped(again);
    if (again == password) return password;
    wipe(password);
    return failure(std::string("the two passwords differ"));
}

}  // namespace cursus
