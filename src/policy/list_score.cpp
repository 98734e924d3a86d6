#include "policy/list_score.h"

#include <algorithm>

namespace cursus {

void ListScore::miss(double score) {
    (score < 0 ? lower_ : higher_) += score;
}

bool ListScore::could_differ(const Comparison& comparison, bool is_met) const {
    const double least = sum_ + lower_, most = sum_ + higher_;
    if (is_met) return !comparison.holds(least) || !comparison.holds(most);
    const double nearest = std::clamp(comparison.value, least, most);
    return comparison.holds(least) || comparison.holds(nearest) || comparison.holds(most);
}

Truth ListScore::meets(const Comparison& comparison, bool is_negated) const {
    const bool is_met = comparison.holds(sum_);
    const bool holds = is_met != is_negated;
    return holds && could_differ(comparison, is_met) ? Truth::Unknown : truth(is_met);
}

}  // namespace cursus
