#include "main/story.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/printable.h"
#include "journal/event_text.h"
#include "main/event_words.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

Json json_of_event(const EventBody& event) {
    return Json::parse(json_line({{}, {}, {}, event}));
}

// Nothing: it is not about the decision.
std::string line_of_event(const EventBody& event, const std::string& configuration) {
    if (std::holds_alternative<Connected>(event) || std::holds_alternative<Disconnected>(event) ||
        std::holds_alternative<Greeted>(event))
        return {};
    if (auto words = in_words(json_of_event(event), configuration)) return *std::move(words);
    // Without its time and id, which nothing has that does not happen.
    std::string line = human_line({{}, {}, {}, event});
    for (int column = 0; column < 2; ++column) line.erase(0, line.find(' ') + 1);
    return line;
}

std::string line_of(const Told& part, const std::string& configuration) {
    switch (part.who) {
        case Told::Who::Client:
            return "C: " + printable(part.line);
        case Told::Who::Server:
            return "S: " + printable(part.line);
        case Told::Who::Note:
            return "(" + printable(part.line) + ")";
        case Told::Who::Event:
            const auto line = line_of_event(part.event, configuration);
            return line.empty() ? line : "      " + line;
    }
    std::unreachable();
}

Json json_of(const Told& part) {
    switch (part.who) {
        case Told::Who::Client:
            return Json{{"client", part.line}};
        case Told::Who::Server:
            return Json{{"server", part.line}};
        case Told::Who::Note:
            return Json{{"note", part.line}};
        case Told::Who::Event:
            return json_of_event(part.event);
    }
    std::unreachable();
}

}  // namespace

void print_story(const std::vector<Told>& told, const std::string& configuration) {
    for (const auto& part : told)
        if (const auto line = line_of(part, configuration); !line.empty()) fmt::print("{}\n", line);
}

void print_story_as_json(const std::vector<Told>& told) {
    Json story = Json::array();
    for (const auto& part : told) story.push_back(json_of(part));
    fmt::print("{}\n", story.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace cursus
