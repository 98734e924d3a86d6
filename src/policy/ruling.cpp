#include "policy/ruling.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cursus {
namespace {

// Rules are asked for each recipient, and what they want of the message they want once.
template <class T>
void add_new(std::vector<T>& to, std::vector<T> from) {
    for (auto& one : from)
        if (std::ranges::find(to, one) == to.end()) to.push_back(std::move(one));
}

}  // namespace

void Changes::add(Changes other) {
    add_new(edits, std::move(other.edits));
    add_new(tags, std::move(other.tags));
    add_new(copies, std::move(other.copies));
    if (other.redirect) redirect = std::move(other.redirect);
}

std::vector<HeaderEdit> Changes::all_edits() const {
    std::vector<HeaderEdit> all;
    for (const auto& of_rule : edits) std::ranges::copy(of_rule.edits, std::back_inserter(all));
    return all;
}

}  // namespace cursus
