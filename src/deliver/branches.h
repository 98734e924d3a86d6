// What the recipients of one message lead to, gathered before any of it is written: nobody gets two copies
// because two recipients lead to them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "deliver/local_copy.h"
#include "route/expansion.h"

namespace cursus {

// A recipient and what takes its place.
struct Branching {
    LocalCopy copy;
    Expansion expansion;
    std::size_t duplicates = 0;  // leaves that were left out
};

class Branches {
public:
    // A recipient that is its own mailbox, and whose copy needs no branch. False: another copy goes there.
    bool stays(const DueRecipient& recipient);
    void add(LocalCopy copy, Expansion expansion);
    std::size_t leaves() const { return leaves_; }  // of those that were added and not taken

    // All that were added, each destination once, and forgets them. Where the choice is, a copy from the
    // message's own sender stays: who sent it, and not only the owner of some list, is told when it fails.
    std::vector<Branching> take();

private:
    // Who hears of the copy that goes to a destination, and of what.
    struct Claim {
        std::optional<ReversePath> sender;
        Notify notify;
        friend bool operator==(const Claim&, const Claim&) = default;
    };
    bool is_claimed(const Branching& branching, const Leaf& leaf);
    void leave_out_duplicates(Branching& branching, bool of_lists);

    std::vector<Branching> added_;
    std::size_t leaves_ = 0;
    std::unordered_map<std::string, Claim> claimed_;  // by destination
};

}  // namespace cursus
