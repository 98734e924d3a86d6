// Mailbox files: whatever the message, and wherever it is cut, no line of it but the one before it begins
// with "From ", it ends in an empty line, and taking one ">" away again gives it back.
#include <string>

#include "fuzz/fuzz.h"
#include "mail/mbox.h"

namespace {

std::string quoted(std::string_view text, std::uint8_t seed) {
    cursus::FromQuoting quoting;
    cursus::fuzz::Pieces pieces(text, seed);
    std::string out;
    while (!pieces.empty()) out += quoting.add(pieces.next());
    return out + quoting.end();
}

std::string unquoted(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n') + 1);
        const auto angles = line.find_first_not_of('>');
        const bool is_quoted = angles != 0 && line.substr(angles).starts_with("From ");
        out += line.substr(is_quoted ? 1 : 0);
        text.remove_prefix(line.size());
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cursus::fuzz::Input input(data, size);
    const auto seed = input.number();
    std::string text(input.rest());
    const std::string out = quoted(text, seed);
    cursus::fuzz::require(!out.starts_with("From ") && out.find("\nFrom ") == std::string::npos);
    if (!text.empty() && text.back() != '\n') text += '\n';
    cursus::fuzz::require(unquoted(out) == text + '\n');
    return 0;
}
