// What was found out in a session that did happen, to be found again: for `cursus explain --session`.
#pragma once

#include <deque>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "policy/inquest.h"

namespace cursus {

// Answers from the events of a session, each time as it was answered that time, and asks `other` what nobody
// asked then.
class RecordedFinder final : public Finder {
public:
    RecordedFinder(const nlohmann::json& events, Finder& other);

    Task<Found> find(Question question, Evidence& evidence) override;
    Task<Found> count(Rate rate, std::string bucket, std::string key) override;
    Task<Result<Advice, std::string>> advise(AdvisorAddress advisor, RuleStage stage,
                                             std::optional<Mailbox> recipient, Evidence& evidence) override;

private:
    std::optional<Found> recorded(std::string_view what, const std::string& subject);

    std::map<std::pair<std::string, std::string>, std::deque<Found>> found_;
    Finder& other_;
};

}  // namespace cursus
