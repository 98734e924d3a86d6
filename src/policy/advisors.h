// The programs that rules ask within the session.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/advisor_address.h"
#include "config/settings_policy.h"
#include "policy/advisor.h"
#include "policy/places.h"

namespace cursus {

// Questions to one of them that are open at a time on one reactor; others wait for their turn.
inline constexpr std::size_t advisor_questions_max = 16;

// From any reactor. Their end may come on any thread, when nobody is asking; the world outlives them.
class Advisors {
public:
    // Reads certificates: for the pool, or before the reactors run. The error is a sentence.
    static Result<std::unique_ptr<Advisors>, std::string> open(World& world,
                                                               const std::vector<AdvisorAddress>& addresses,
                                                               const AdvisorSettings& settings);

    // One of those that were opened. The error is a sentence that names who was asked: nobody can say now,
    // which is never the same as having no opinion.
    Task<Result<Advice, std::string>> ask(AdvisorAddress address, Facts facts);

private:
    struct Desk {
        std::unique_ptr<Advisor> advisor;
        std::vector<std::unique_ptr<Places>> places;  // for each reactor
    };
    Advisors(World& world, Duration timeout) : world_(world), timeout_(timeout) {}

    World& world_;
    const Duration timeout_;
    std::map<AdvisorAddress, Desk> desks_;
};

}  // namespace cursus
