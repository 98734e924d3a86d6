#include "config/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <numeric>
#include <utility>

namespace cursus {
namespace {

// Levenshtein's distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

}  // namespace

std::string suggestion(std::string_view written, const std::vector<std::string>& known) {
    constexpr std::size_t name_length_max =
        64;  // a longer name resembles nothing, and the search is quadratic
    const std::string* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(written.size() / 3, 1) + 1;
    for (const auto& candidate : known) {
        if (candidate.empty() || written.size() > name_length_max) continue;
        const auto found = distance(written, candidate);
        if (found < least) {
            least = found;
            nearest = &candidate;
        }
    }
    if (nearest != nullptr) return fmt::format("did you mean \"{}\"?", *nearest);
    std::vector<std::string> names;
    std::ranges::copy_if(known, std::back_inserter(names), [](const auto& name) { return !name.empty(); });
    return fmt::format("known are {}", fmt::join(names, ", "));
}

}  // namespace cursus
