#include "policy/evidence.h"

namespace cursus {

Task<Found> Evidence::count_message(Rate rate, std::string bucket, std::string key) {
    if (counted_in_ != facts().transaction) counted_.clear();
    counted_in_ = facts().transaction;
    std::pair place(bucket, key);
    if (const auto known = counted_.find(place); known != counted_.end()) co_return known->second;
    Found finding = co_await count(rate, std::move(bucket), std::move(key));
    counted_.emplace(std::move(place), finding);
    co_return finding;
}

}  // namespace cursus
