#include "policy/greylist_sender.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view any_word = "#";
constexpr std::size_t plain_word_octets_max = 20;
constexpr std::size_t hexadecimal_word_octets_min = 4;

bool is_of_word(char c) {
    return is_alpha(c) || is_digit(c) || !is_ascii(c);
}

// In lower case.
bool looks_made_up(std::string_view word) {
    if (word.size() > plain_word_octets_max || std::ranges::any_of(word, is_digit)) return true;
    return word.size() >= hexadecimal_word_octets_min &&
           std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'f'; });
}

std::size_t length_of_word(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_word) - text.begin());
}

std::string without_what_changes(std::string_view local_part) {
    const auto plus = local_part.find('+');
    std::string_view rest = local_part.substr(0, plus);
    std::string kept;
    std::size_t after_any_word = std::string::npos;  // where in `kept` the last word ended, if that was a `#`
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, length_of_word(rest));
        rest.remove_prefix(word.size());
        if (!looks_made_up(word)) {
            kept += word;
            if (!word.empty()) after_any_word = std::string::npos;
        } else {
            // What parts it from another one of its kind goes with it.
            if (after_any_word != std::string::npos)
                kept.resize(after_any_word);
            else
                kept += any_word;
            after_any_word = kept.size();
        }
        if (rest.empty()) break;
        kept += rest.front();
        rest.remove_prefix(1);
    }
    if (plus != std::string_view::npos) kept += '+' + std::string(any_word);
    return kept;
}

}  // namespace

std::string greylist_sender(const ReversePath& sender) {
    const auto* const mailbox = std::get_if<Mailbox>(&sender);
    if (mailbox == nullptr) return "<>";
    return without_what_changes(to_lower(mailbox->local_part())) + '@' + host_text(mailbox->host());
}

}  // namespace cursus
