// Things to be handled on several reactors, handed over with one post to each.
#pragma once

#include <utility>
#include <vector>

#include "runtime/run_later.h"

namespace cursus {

template <class Item>
class WakeGroups {
public:
    void add(const Executor& executor, Item item) {
        for (auto& [known, items] : groups_) {
            if (known == executor) return items.push_back(std::move(item));
        }
        auto& [known, items] = groups_.emplace_back(executor, std::vector<Item>{});
        items.push_back(std::move(item));
    }
    // Runs handle(item) for each on its executor.
    template <class Handle>
    void post(const Handle& handle) {
        for (auto& [executor, items] : groups_) {
            run_later(executor, [group = std::move(items), handle]() mutable {
                for (auto& item : group) handle(item);
            });
        }
        groups_.clear();
    }

private:
    std::vector<std::pair<Executor, std::vector<Item>>> groups_;  // as many as there are reactors
};

}  // namespace cursus
