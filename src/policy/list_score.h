// The sum of what lists in the DNS say of one client, where some of them may be of no use now.
#pragma once

#include "config/rule.h"
#include "policy/found.h"

namespace cursus {

class ListScore {
public:
    void add(double score) { sum_ += score; }
    void miss(double score);  // of a list that says nothing now, and might have added this
    double sum() const { return sum_; }

    // Whether the sum compares as it is wanted to. Unknown only where the condition, which may be negated,
    // would hold and need not if all lists were there: what is missing never lets a rule act, and never keeps
    // anybody's mail waiting for a rule that would not act either way.
    Truth meets(const Comparison& comparison, bool is_negated) const;

private:
    bool could_differ(const Comparison& comparison, bool is_met) const;

    double sum_ = 0, lower_ = 0, higher_ = 0;  // the latter two: by how much it could be lower, and higher
};

}  // namespace cursus
