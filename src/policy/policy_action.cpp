#include "policy/policy_action.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"
#include "policy/advice_parts.h"

namespace cursus {
namespace {

using Advised = Result<Advice, std::string>;

constexpr std::size_t shown_action_octets_max = 100;
// Postfix's access_map_reject_code and access_map_defer_code.
constexpr int reject_code = 554, defer_code = 450;

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

Advice with_note(Advice::Decision decision, std::string_view text) {
    Advice advice{.decision = std::move(decision)};
    if (!text.empty()) advice.notes.push_back(advised_text(text));
    return advice;
}

template <class Decision>
Advised decides(std::string_view text) {
    return with_note(Decision{}, text);
}

template <class Decision, int code>
Advised refuses(std::string_view text) {
    return Advice{.decision = Decision{advised_reply(code, text)}};
}

Advised prepends(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return failure(std::string("it prepends what is no header field"));
    TRY(field, advised_field(without_blanks(text.substr(0, colon)), without_blanks(text.substr(colon + 1))));
    return Advice{.fields = {std::move(field)}};
}

Advised copies(std::string_view text) {
    TRY(mailbox, advised_mailbox(text));
    return Advice{.copies = {std::move(mailbox)}};
}

Advised redirects(std::string_view text) {
    TRY(mailbox, advised_mailbox(text));
    return Advice{.redirect = std::move(mailbox)};
}

Advised filters(std::string_view) {
    return failure(std::string("it asks for a FILTER, which there is none of here"));
}

struct PolicyWord {
    std::string_view word;
    Advised (*advise)(std::string_view text);
};

constexpr std::array policy_words = {
    PolicyWord{"dunno", decides<Advice::NoOpinion>},
    PolicyWord{"info", decides<Advice::NoOpinion>},
    PolicyWord{"warn", decides<Advice::NoOpinion>},
    PolicyWord{"ok", decides<Advice::Accept>},
    PolicyWord{"permit", decides<Advice::Accept>},
    PolicyWord{"reject", refuses<Advice::Reject, reject_code>},
    PolicyWord{"defer", refuses<Advice::Defer, defer_code>},
    PolicyWord{"defer_if_permit", refuses<Advice::DeferUnlessRejected, defer_code>},
    PolicyWord{"defer_if_reject", refuses<Advice::DeferIfRejected, defer_code>},
    PolicyWord{"discard", decides<Advice::Discard>},
    PolicyWord{"hold", decides<Advice::Hold>},
    PolicyWord{"prepend", prepends},
    PolicyWord{"bcc", copies},
    PolicyWord{"redirect", redirects},
    PolicyWord{"filter", filters},
};

// RFC 5321 §4.2: 4yz and 5yz, where y is 0 to 5.
std::optional<int> refusing_code(std::string_view word) {
    const bool is_code = word.size() == 3 && (word[0] == '4' || word[0] == '5') && word[1] >= '0' &&
                         word[1] <= '5' && is_digit(word[2]);
    if (!is_code) return std::nullopt;
    return (word[0] - '0') * 100 + (word[1] - '0') * 10 + (word[2] - '0');
}

}  // namespace

Result<Advice, std::string> parse_policy_action(std::string_view action) {
    action = without_blanks(action);
    const auto word = action.substr(0, action.find_first_of(" \t"));
    const auto text = without_blanks(action.substr(word.size()));
    if (const auto code = refusing_code(word)) {
        Reply reply = advised_reply(*code, text);
        if (reply.is_permanent()) return Advice{.decision = Advice::Reject{std::move(reply)}};
        return Advice{.decision = Advice::Defer{std::move(reply)}};
    }
    const auto* const known = std::ranges::find(policy_words, to_lower(word), &PolicyWord::word);
    if (known != policy_words.end()) return known->advise(text);
    return failure(fmt::format("this action is not known here: \"{}\"",
                               printable(action.substr(0, shown_action_octets_max))));
}

}  // namespace cursus
