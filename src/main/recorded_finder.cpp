#include "main/recorded_finder.h"

#include <utility>

#include "base/number.h"
#include "config/conditions.h"

namespace cursus {
namespace {

Found found_in(const nlohmann::json& event) {
    Found found;
    for (const auto& word : event.value("words", nlohmann::json::array()))
        if (word.is_string()) found.words.push_back(word.get<std::string>());
    found.number = parse_number<double>(event.value("number", std::string())).value_or(0);
    found.detail = event.value("detail", std::string());
    found.trouble = event.value("trouble", std::string());
    return found;
}

}  // namespace

RecordedFinder::RecordedFinder(const nlohmann::json& events, Finder& other) : other_(other) {
    for (const auto& event : events) {
        if (event.value("event", std::string()) != "looked_up") continue;
        found_[{event.value("what", std::string()), event.value("subject", std::string())}] = found_in(event);
    }
}

const Found* RecordedFinder::recorded(std::string_view what, const std::string& subject) const {
    const auto found = found_.find({std::string(what), subject});
    return found == found_.end() ? nullptr : &found->second;
}

Task<Found> RecordedFinder::find(Question question, Evidence& evidence) {
    if (const Found* const found = recorded(name(question.topic), question.subject)) co_return *found;
    co_return co_await other_.find(std::move(question), evidence);
}

Task<Found> RecordedFinder::count(Rate rate, std::string bucket, std::string key) {
    if (const Found* const found = recorded(name(Topic::Rate), bucket + ' ' + key)) co_return *found;
    co_return co_await other_.count(std::move(rate), std::move(bucket), std::move(key));
}

Task<Result<Advice, std::string>> RecordedFinder::advise(AdvisorAddress advisor, RuleStage stage,
                                                         std::optional<Mailbox> recipient,
                                                         Evidence& evidence) {
    return other_.advise(std::move(advisor), stage, std::move(recipient), evidence);
}

}  // namespace cursus
