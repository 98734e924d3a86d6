// A map that holds a bounded number of entries: the one that was used longest ago goes first.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace cursus {

template <class Key, class Value>
class RecentMap {
public:
    explicit RecentMap(std::size_t entries_max) : entries_max_(entries_max) {}

    // Null: it is not there, or not any more. Both use the entry.
    Value* find(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->second;
    }
    // The same without using it: a look that must not change what goes first.
    const Value* peek(const Key& key) const {
        const auto found = places_.find(key);
        return found == places_.end() ? nullptr : &found->second->second;
    }
    Value& at(const Key& key) {
        if (Value* const there = find(key)) return *there;
        if (entries_.size() >= entries_max_) forget_oldest();
        entries_.emplace_front(key, Value{});
        places_.emplace(key, entries_.begin());
        return entries_.front().second;
    }
    void erase(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return;
        entries_.erase(found->second);
        places_.erase(found);
    }
    std::size_t size() const { return entries_.size(); }
    void set_entries_max(std::size_t entries_max) {
        entries_max_ = entries_max;
        while (entries_.size() > entries_max_) forget_oldest();
    }
    // `visit` is called with each entry, the one used longest ago first.
    template <class Visit>
    void for_each(Visit visit) const {
        for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) visit(*entry);
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;

    void forget_oldest() {
        places_.erase(entries_.back().first);
        entries_.pop_back();
    }

    std::size_t entries_max_;
    Entries entries_;  // the one used last comes first
    std::unordered_map<Key, typename Entries::iterator> places_;
};

}  // namespace cursus
