#include "tests/scenarios/lists.h"

#include <algorithm>
#include <set>

#include "tests/scenarios/plan.h"

namespace cursus {

namespace {

class Walk {
public:
    explicit Walk(const PlannedLists& lists) : lists_(lists) {}

    // What `address` leads to. An address that is met again leads nowhere new, and a user's own address in
    // the user's forward file is the mailbox.
    void from(const std::string& address, std::set<std::string>& found) {
        const auto* members = members_of(address);
        if (members == nullptr || !on_the_way_.insert(address).second) {
            found.insert(address);
            return;
        }
        for (const auto& member : *members) from(member, found);
        on_the_way_.erase(address);
    }

private:
    const std::vector<std::string>* members_of(const std::string& address) const {
        const auto at = address.find('@');
        if (address.substr(at + 1) != local_domain) return nullptr;
        const std::string name = address.substr(0, at);
        for (const auto* lists : {&lists_.aliases, &lists_.forwards}) {
            const auto found = lists->find(name);
            if (found != lists->end()) return &found->second;
        }
        return nullptr;
    }

    const PlannedLists& lists_;
    std::set<std::string> on_the_way_;
};

}  // namespace

std::vector<PlannedEnd> ends_of(const PlannedLists& lists, const std::vector<std::string>& recipients) {
    std::vector<PlannedEnd> ends;
    for (const auto& recipient : recipients) {
        std::set<std::string> found;
        Walk(lists).from(recipient, found);
        for (const auto& address : found) {
            auto end = std::ranges::find(ends, address, &PlannedEnd::address);
            if (end == ends.end()) end = ends.insert(end, {address, {}});
            end->named.push_back(recipient);
        }
    }
    return ends;
}

}  // namespace cursus
