#include "base/hour_count.h"

#include <algorithm>
#include <numeric>

namespace cursus {
namespace {

std::int64_t number_of(Instant now) {
    using Slices =
        std::chrono::duration<std::int64_t, std::ratio<HourCount::slice / std::chrono::seconds{1}>>;
    return std::chrono::floor<Slices>(now.time_since_epoch()).count();
}

std::uint64_t sum_of(const HourCount::Slices& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

HourCount::HourCount(const Slices& counts, Instant now) : counts_(counts), newest_(number_of(now)) {}

std::uint64_t HourCount::add(Instant now) {
    counts_ = slices_at(now);
    newest_ = std::max(newest_, number_of(now));
    ++counts_.front();
    return sum_of(counts_);
}

std::uint64_t HourCount::sum(Instant now) const {
    return sum_of(slices_at(now));
}

HourCount::Slices HourCount::slices_at(Instant now) const {
    const auto passed = std::clamp<std::int64_t>(number_of(now) - newest_, 0, slices);
    Slices counts{};
    std::copy(counts_.begin(), counts_.end() - passed, counts.begin() + passed);
    return counts;
}

}  // namespace cursus
