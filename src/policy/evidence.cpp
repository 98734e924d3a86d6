#include "policy/evidence.h"

#include <utility>

namespace cursus {

Evidence::OfMessage& Evidence::of_message() {
    if (std::exchange(transaction_, facts().transaction) != facts().transaction) of_message_ = {};
    return of_message_;
}

Task<Found> Evidence::count_message(Rate rate, std::string bucket, std::string key) {
    std::pair place(bucket, key);
    const auto& known = of_message().counted;
    if (const auto found = known.find(place); found != known.end()) co_return found->second;
    Found finding = co_await count(rate, std::move(bucket), std::move(key));
    of_message().counted.emplace(std::move(place), finding);
    co_return finding;
}

Task<Result<Advice, std::string>> Evidence::advise_on_message(AdvisorAddress advisor) {
    const auto& known = of_message().advised;
    if (const auto found = known.find(advisor); found != known.end()) co_return found->second;
    auto advice = co_await advise(advisor, RuleStage::Data, std::nullopt);
    of_message().advised.emplace(std::move(advisor), advice);
    co_return advice;
}

}  // namespace cursus
