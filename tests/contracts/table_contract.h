// What every Table must do, as one suite. A program that has one includes this header in one file and writes
//     INSTANTIATE_TEST_SUITE_P(Sqlite, TableContract, testing::Values(MakeTable{make}));
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/task_group.h"
#include "tests/contracts/table_under_test.h"

namespace cursus {

class TableContract : public testing::TestWithParam<MakeTable> {
protected:
    void SetUp() override {
        under_test_ = GetParam().make();
        ASSERT_NE(under_test_, nullptr);
        under_test_->fill(contract_contents);
    }

    Table& table() { return under_test_->table(); }
    Clock& clock() { return under_test_->reactors().front()->clock(); }

    // Asked again while the answer is another one: not for ever.
    static Task<void> until(Table& table, Clock& clock, std::string key,
                            std::function<bool(const TableAnswer&)> wanted, bool& has_come) {
        constexpr int attempts = 600;
        for (int i = 0; i < attempts && !has_come; ++i) {
            const TableAnswer answer = co_await table.find(key);
            has_come = wanted(answer);
            if (!has_come) co_await clock.sleep_for(std::chrono::milliseconds{100});
        }
    }
    bool comes(const std::string& key, std::function<bool(const TableAnswer&)> wanted) {
        bool has_come = false;
        under_test_->run(until(table(), clock(), key, std::move(wanted), has_come));
        return has_come;
    }
    TableAnswer find(std::string key) {
        std::optional<TableAnswer> answer;
        under_test_->run(keep(table(), std::move(key), answer));
        return *std::move(answer);
    }
    static Task<void> keep(Table& table, std::string key, std::optional<TableAnswer>& answer) {
        auto found = co_await table.find(std::move(key));
        answer.emplace(std::move(found));
    }

    static bool holds(const TableAnswer& answer, std::string_view value) {
        return answer && *answer && (*answer)->value == value;
    }
    static bool is_absent(const TableAnswer& answer) { return answer && !*answer; }
    static std::string text(const TableAnswer& answer) {
        if (!answer) return "trouble: " + answer.error().why;
        return *answer ? "\"" + (*answer)->value + "\"" : "not there";
    }

    std::unique_ptr<TableUnderTest> under_test_;
};

TEST_P(TableContract, what_is_there_is_found) {
    for (const auto& [key, values] : contract_contents) {
        std::string joined;
        for (const auto& value : values) joined += (joined.empty() ? "" : ", ") + value;
        const auto answer = find(key);
        EXPECT_TRUE(holds(answer, joined)) << key << ": " << text(answer);
        if (answer && *answer) {
            EXPECT_FALSE((*answer)->place.empty());
        }
    }
}

TEST_P(TableContract, what_is_not_there_is_not) {
    const auto answer = find("nobody");
    EXPECT_TRUE(is_absent(answer)) << text(answer);
}

TEST_P(TableContract, a_key_is_only_ever_a_key) {
    using namespace std::string_literals;
    for (const std::string& key : {"' OR 1=1 --"s,
                                   "ann' --"s,
                                   "'; DROP TABLE aliases; --"s,
                                   "*"s,
                                   "a*"s,
                                   "*)(uid=*"s,
                                   "ann)(uid=ann"s,
                                   "%"s,
                                   "_nn"s,
                                   "\\"s,
                                   "ann\\"s,
                                   "\"ann"s,
                                   ":key"s,
                                   "$1"s,
                                   "{key}"s,
                                   ""s,
                                   "ann\0"s,
                                   "\0ann"s,
                                   "ann\nbob"s,
                                   "\xff\xfe"s,
                                   "|/bin/sh"s,
                                   "../ann"s,
                                   std::string(100'000, 'a')}) {
        const auto answer = find(key);
        EXPECT_TRUE(is_absent(answer)) << testing::PrintToString(key.substr(0, 100)) << ": " << text(answer);
    }
    const auto answer = find("ann");
    EXPECT_TRUE(holds(answer, "ann@example.org")) << text(answer);
}

TEST_P(TableContract, a_list_that_is_away_says_nothing_about_keys_and_comes_back) {
    ASSERT_TRUE(holds(find("ann"), "ann@example.org"));
    under_test_->take_away();
    ASSERT_TRUE(comes("ann", [](const TableAnswer& answer) { return !answer; }));
    for (const std::string key : {"ann", "nobody"}) {
        const auto answer = find(key);
        ASSERT_FALSE(answer) << text(answer);
        EXPECT_NE(answer.error().why.find(table().name()), std::string::npos) << answer.error().why;
    }
    under_test_->bring_back();
    EXPECT_TRUE(comes("ann", [](const TableAnswer& answer) { return holds(answer, "ann@example.org"); }));
    EXPECT_TRUE(is_absent(find("nobody")));
}

TEST_P(TableContract, a_changed_list_counts_soon) {
    ASSERT_TRUE(holds(find("ann"), "ann@example.org"));
    under_test_->fill({{"ann", {"ann@example.net"}}, {"zoe", {"zoe@example.org"}}});
    EXPECT_TRUE(comes("zoe", [](const TableAnswer& answer) { return holds(answer, "zoe@example.org"); }));
    EXPECT_TRUE(holds(find("ann"), "ann@example.net"));
    EXPECT_TRUE(is_absent(find("staff")));
}

// Helpers of the test below: a coroutine takes what outlives it.
struct TableCount {
    std::size_t right = 0;
};
inline Task<void> look_up_often(Table& table, TableCount& count, int times) {
    for (int i = 0; i < times; ++i) {
        const TableAnswer there = co_await table.find("ann");
        const TableAnswer absent = co_await table.find("nobody");
        if (there && *there && (*there)->value == "ann@example.org" && absent && !*absent) ++count.right;
    }
}
inline Task<void> look_up_from(Table& table, Executor executor, TableCount& count, int tasks, int times) {
    TaskGroup group(std::move(executor));
    for (int i = 0; i < tasks; ++i) group.spawn(look_up_often(table, count, times));
    co_await group.join();
}
inline Task<void> look_up_everywhere(Table& table, std::vector<Reactor*> reactors,
                                     std::vector<TableCount>& counts, int tasks, int times) {
    TaskGroup group(reactors.front()->executor());
    for (std::size_t i = 0; i < reactors.size(); ++i) {
        const Executor executor = reactors[i]->executor();
        group.spawn(run_on(executor, look_up_from(table, executor, counts[i], tasks, times)));
    }
    co_await group.join();
}

TEST_P(TableContract, many_ask_at_once_from_every_reactor) {
    constexpr int tasks = 40, times = 25;
    const auto reactors = under_test_->reactors();
    std::vector<TableCount> counts(reactors.size());
    under_test_->run(look_up_everywhere(table(), reactors, counts, tasks, times));
    for (const auto& count : counts) EXPECT_EQ(count.right, std::size_t{tasks} * times);
}

}  // namespace cursus
