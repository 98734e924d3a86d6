#include "deliver/branches.h"

#include <utility>

namespace cursus {

bool Branches::stays(const Mailbox& address) {
    Leaf itself{address, {}, {}, 0};
    itself.handling.target = LocalTarget{};
    return claimed_.emplace(destination_key(itself), std::nullopt).second;
}

void Branches::add(LocalCopy copy, Expansion expansion) {
    leaves_ += expansion.leaves.size();
    added_.push_back({copy, std::move(expansion)});
}

std::vector<Branching> Branches::take() {
    for (const bool of_lists : {false, true})
        for (Branching& branching : added_) leave_out_duplicates(branching, of_lists);
    leaves_ = 0;
    return std::exchange(added_, {});
}

void Branches::leave_out_duplicates(Branching& branching, bool of_lists) {
    branching.duplicates += std::erase_if(branching.expansion.leaves, [&](const Leaf& leaf) {
        return leaf.is_of_list == of_lists && !leaf.failure && is_claimed(leaf);
    });
}

bool Branches::is_claimed(const Leaf& leaf) {
    const auto [claim, is_new] = claimed_.emplace(destination_key(leaf), leaf.handling.sender);
    return !is_new && (leaf.is_of_list || claim->second == leaf.handling.sender);
}

}  // namespace cursus
