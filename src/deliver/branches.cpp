#include "deliver/branches.h"

#include <utility>
#include <variant>

#include "route/local_address.h"

namespace cursus {

namespace {

// A command learns for whom it is run, so that two recipients' are not one.
std::string destination_of(const Leaf& leaf) {
    const auto& target = leaf.handling.target;
    const bool is_command = target && std::holds_alternative<CommandTarget>(target->what);
    return destination_key(leaf) + (is_command ? ' ' + local_key(leaf.address) : "");
}

}  // namespace

bool Branches::stays(const DueRecipient& recipient) {
    Leaf itself{recipient.address, {}, {}, 0};
    itself.handling.target = LocalTarget{};
    return claimed_.try_emplace(destination_of(itself), Claim{std::nullopt, recipient.notify}).second;
}

void Branches::add(LocalCopy copy, Expansion expansion) {
    leaves_ += expansion.leaves.size();
    added_.push_back({copy, std::move(expansion)});
}

std::vector<Branching> Branches::take() {
    for (const bool of_lists : {false, true})
        for (Branching& branching : added_) leave_out_duplicates(branching, of_lists);
    leaves_ = 0;
    claimed_.clear();
    return std::exchange(added_, {});
}

void Branches::leave_out_duplicates(Branching& branching, bool of_lists) {
    branching.duplicates += std::erase_if(branching.expansion.leaves, [&](const Leaf& leaf) {
        return leaf.is_of_list == of_lists && !leaf.failure && is_claimed(branching, leaf);
    });
}

bool Branches::is_claimed(const Branching& branching, const Leaf& leaf) {
    const Claim own{leaf.handling.sender, branching.copy.recipient.notify};
    const auto [claim, is_new] = claimed_.try_emplace(destination_of(leaf), own);
    return !is_new && (leaf.is_of_list || claim->second == own);
}

}  // namespace cursus
