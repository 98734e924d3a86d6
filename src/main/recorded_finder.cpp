#include "main/recorded_finder.h"

#include <utility>

#include "config/conditions.h"
#include "main/session_record.h"
#include "policy/told_advice.h"

namespace cursus {

RecordedFinder::RecordedFinder(const nlohmann::json& events, Finder& other) : other_(other) {
    for (const auto& event : events) {
        if (event.value("event", std::string()) != "looked_up") continue;
        found_[{event.value("what", std::string()), event.value("subject", std::string())}].push_back(
            found_in(event));
    }
}

// The last answer stands for all later ones: another configuration may ask more often.
std::optional<Found> RecordedFinder::recorded(std::string_view what, const std::string& subject) {
    const auto known = found_.find({std::string(what), subject});
    if (known == found_.end()) return std::nullopt;
    auto& answers = known->second;
    Found found = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return found;
}

Task<Found> RecordedFinder::find(Question question, Evidence& evidence) {
    auto found = recorded(name(question.topic), question.subject);
    if (found) co_return *std::move(found);
    co_return co_await other_.find(std::move(question), evidence);
}

Task<Found> RecordedFinder::count(Rate rate, std::string bucket, std::string key) {
    auto found = recorded(name(Topic::Rate), bucket + ' ' + key);
    if (found) co_return *std::move(found);
    co_return co_await other_.count(rate, std::move(bucket), std::move(key));
}

Task<Result<Advice, std::string>> RecordedFinder::advise(AdvisorAddress advisor, RuleStage stage,
                                                         std::optional<Mailbox> recipient,
                                                         Evidence& evidence) {
    const auto found = recorded("ask", advice_subject(advisor, stage, recipient));
    if (!found) co_return co_await other_.advise(std::move(advisor), stage, std::move(recipient), evidence);
    if (!found->is_known()) co_return failure(found->trouble);
    auto advice = advice_of(found->words);
    if (advice && !found->detail.empty()) advice->notes = {found->detail};
    co_return advice;
}

}  // namespace cursus
