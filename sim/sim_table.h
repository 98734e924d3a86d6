// A table of the simulated world: scripted answers, delays, and trouble.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/table.h"
#include "sim/world.h"

namespace cursus {

class SimTable final : public Table {
public:
    SimTable(SimWorld& sim, std::string name) : sim_(sim), name_(std::move(name)) {}

    // ---- the test's side
    void put(const std::string& key, std::string value) { rows_[key] = std::move(value); }
    void clear() { rows_.clear(); }
    std::optional<std::string> trouble;  // while it is set, nobody learns anything
    void trouble_during(Instant from, Instant until) { windows_.emplace_back(from, until); }
    Duration delay{};  // of each answer, trouble included
    std::uint64_t asked() const { return asked_; }

    // ---- the program's side
    Task<TableAnswer> find(std::string key) override {
        ++asked_;
        if (delay > Duration::zero()) co_await sim_.clock().sleep_for(delay);
        if (auto why = reason()) co_return failure(TableTrouble{"table " + name_ + ": " + *std::move(why)});
        const auto row = rows_.find(key);
        if (row == rows_.end()) co_return std::nullopt;
        co_return TableRow{row->second, "table " + name_, 0};
    }
    const std::string& name() const override { return name_; }

private:
    std::optional<std::string> reason() const {
        if (trouble) return trouble;
        for (const auto& [from, until] : windows_) {
            if (sim_.now() >= from && sim_.now() < until) return "it is away";
        }
        return std::nullopt;
    }

    SimWorld& sim_;
    std::string name_;
    std::map<std::string, std::string> rows_;
    std::vector<std::pair<Instant, Instant>> windows_;
    std::uint64_t asked_ = 0;
};

}  // namespace cursus
