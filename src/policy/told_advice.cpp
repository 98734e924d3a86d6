#include "policy/told_advice.h"

#include <utility>

#include "mail/reply_parser.h"
#include "policy/advice_parts.h"

namespace cursus {
namespace {

const Reply* reply_of(const Advice::Decision& decision) {
    const auto reply = []<class Kind>(const Kind& kind) -> const Reply* {
        if constexpr (requires { kind.reply; })
            return &kind.reply;
        else
            return nullptr;
    };
    return std::visit(reply, decision);
}

std::optional<Reply> reply_told(const std::string& text) {
    const std::string line = text + "\r\n";
    std::string_view rest = line;
    auto reply = ReplyParser().next(rest);
    if (!reply || !*reply) return std::nullopt;
    return **std::move(reply);
}

// The alternative that is called `word`; nothing: none is, or it lacks the reply that it takes.
template <class Kind>
void consider(std::optional<Advice::Decision>& found, const std::string& word,
              const std::optional<Reply>& reply) {
    std::optional<Advice::Decision> kind;
    if constexpr (requires(Reply given) { Kind{given}; }) {
        if (reply) kind = Kind{*reply};
    } else {
        kind = Kind{};
    }
    if (kind && name(*kind) == word) found = std::move(kind);
}

template <class... Kinds>
std::optional<Advice::Decision> decision_told(const std::string& word, const std::optional<Reply>& reply,
                                              const std::variant<Kinds...>* /*kinds*/) {
    std::optional<Advice::Decision> found;
    (consider<Kinds>(found, word, reply), ...);
    return found;
}

Result<void, std::string> add(Advice& advice, std::string_view what, const std::string& value) {
    if (what == "tag") {
        advice.tags.push_back(value);
    } else if (what == "copy") {
        TRY(mailbox, advised_mailbox(value));
        advice.copies.push_back(std::move(mailbox));
    } else if (what == "redirect") {
        TRY(mailbox, advised_mailbox(value));
        advice.redirect = std::move(mailbox);
    } else if (what == "field") {
        const auto colon = value.find(": ");
        if (colon == std::string::npos) return failure("\"" + value + "\" is no header field");
        advice.fields.push_back({value.substr(0, colon), value.substr(colon + 2)});
    }
    return {};
}

}  // namespace

std::string advice_subject(const AdvisorAddress& advisor, RuleStage stage,
                           const std::optional<Mailbox>& recipient) {
    std::string subject = advisor_name(advisor) + ' ' + std::string(name(stage));
    if (recipient) subject += ' ' + recipient->text();
    return subject;
}

Words words_of(const Advice& advice) {
    Words words{std::string(name(advice.decision))};
    if (const Reply* const reply = reply_of(advice.decision)) words.push_back("reply: " + reply->one_line());
    for (const auto& field : advice.fields) words.push_back("field: " + field.name + ": " + field.body);
    for (const auto& copy : advice.copies) words.push_back("copy: " + copy.text());
    if (advice.redirect) words.push_back("redirect: " + advice.redirect->text());
    for (const auto& tag : advice.tags) words.push_back("tag: " + tag);
    return words;
}

Result<Advice, std::string> advice_of(const Words& words) {
    Advice advice;
    std::optional<Reply> reply;
    for (const auto& word : words) {
        const auto colon = word.find(": ");
        if (colon == std::string::npos) continue;
        const std::string value = word.substr(colon + 2);
        if (word.starts_with("reply: ")) {
            reply = reply_told(value);
        } else {
            TRY_VOID(add(advice, std::string_view(word).substr(0, colon), value));
        }
    }
    const Advice::Decision* const kinds = nullptr;
    auto decision = decision_told(words.empty() ? std::string() : words.front(), reply, kinds);
    if (!decision) return failure(std::string("the record does not hold what was answered"));
    advice.decision = *std::move(decision);
    return advice;
}

}  // namespace cursus
