#include "main/event_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

std::string shown(const Json& event, const char* key) {
    return printable(event.value(key, std::string()));
}

std::string rule_in_words(const Json& event, const std::string& configuration) {
    const std::string place = event.value("origin", std::string()) == "file"
                                  ? fmt::format("{}:{}", configuration, event.value("line", 0))
                                  : std::string("a default rule");
    return fmt::format("rule {} ({})", shown(event, "rule"), place);
}

std::string answer_in_words(const Json& event) {
    if (const auto trouble = shown(event, "trouble"); !trouble.empty()) return "nobody can tell: " + trouble;
    std::vector<std::string> parts;
    for (const auto& word : event.value("words", Json::array()))
        if (word.is_string()) parts.push_back(printable(word.get<std::string>()));
    for (const char* key : {"number", "detail"})
        if (auto text = shown(event, key); !text.empty()) parts.push_back(std::move(text));
    return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::optional<std::string> in_words(const Json& event, const std::string& configuration) {
    const std::string kind = event.value("event", std::string());
    const std::string recipient = shown(event, "recipient");
    const std::string about = recipient.empty() ? std::string() : " for " + recipient;
    if (kind == "rule_matched")
        return fmt::format("{} holds{}: {} at {}", rule_in_words(event, configuration), about,
                           shown(event, "action"), shown(event, "stage"));
    if (kind == "rule_undecided")
        return fmt::format("{} cannot be decided{}: {} at {}", rule_in_words(event, configuration), about,
                           shown(event, "on_error"), shown(event, "stage"));
    if (kind == "overruled")
        return fmt::format("rule {} does not count{}: not all who are to get the message are refused",
                           shown(event, "rule"), about);
    if (kind != "looked_up") return std::nullopt;
    const std::string subject = shown(event, "subject");
    return fmt::format("{}{}{}: {} ({} s)", shown(event, "what"), subject.empty() ? "" : " ", subject,
                       answer_in_words(event), shown(event, "seconds"));
}

}  // namespace cursus
