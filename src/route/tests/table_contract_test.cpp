// The tables that need no database, in the simulated world.
#include "tests/contracts/table_contract.h"

#include "route/alias_table.h"
#include "route/regex_table.h"
#include "sim/sim_table.h"
#include "sim/world.h"
#include "tests/contracts/table_texts.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

class NoEvents final : public EventSink {
public:
    void emit(MailEvent) noexcept override {}
};

class Simulated : public TableUnderTest {
public:
    std::vector<Reactor*> reactors() override { return sim_.world().reactors; }
    void run(Task<void> task) override { sim_.run(std::move(task)); }

protected:
    SimWorld sim_{testing::UnitTest::GetInstance()->random_seed() + 1ULL, {.reactors = 3}};
};

class SimulatedTable final : public Simulated {
public:
    Table& table() override { return table_; }
    void fill(const TableContents& contents) override {
        table_.clear();
        for (const auto& [key, values] : contents) table_.put(key, values_text(values));
    }
    void take_away() override { table_.trouble = "gone fishing"; }
    void bring_back() override { table_.trouble.reset(); }

private:
    SimTable table_{sim_, "people"};
};

class SimulatedFile : public Simulated {
public:
    void take_away() override { EXPECT_TRUE(sim_.files().rename("/list", "/away")); }
    void bring_back() override { EXPECT_TRUE(sim_.files().rename("/away", "/list")); }

protected:
    void write(std::string_view text) {
        const auto file = sim_.files().open("/new", OpenMode::CreateNew, 0600);
        ASSERT_TRUE(file);
        EXPECT_TRUE((*file)->write_at(0, std::span(&text, 1)));
        EXPECT_TRUE(sim_.files().rename("/new", "/list"));
    }
    FileTableNeeds needs() { return {sim_.world(), events_}; }

private:
    NoEvents events_;
};

class SimulatedAliases final : public SimulatedFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { write(alias_text(contents)); }

private:
    std::shared_ptr<Table> table_ = make_alias_table(needs(), "people", "/list");
};

class SimulatedRegex final : public SimulatedFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { write(regex_text(contents)); }

private:
    std::shared_ptr<Table> table_ = make_regex_table(needs(), "people", "/list");
};

template <class T>
std::unique_ptr<TableUnderTest> make() {
    return std::make_unique<T>();
}

INSTANTIATE_TEST_SUITE_P(Simulated, TableContract, testing::Values(MakeTable{make<SimulatedTable>}));
INSTANTIATE_TEST_SUITE_P(SimulatedAliases, TableContract, testing::Values(MakeTable{make<SimulatedAliases>}));
INSTANTIATE_TEST_SUITE_P(SimulatedRegex, TableContract, testing::Values(MakeTable{make<SimulatedRegex>}));

TEST(SimTable, trouble_comes_in_windows_and_answers_take_their_time) {
    SimWorld sim;
    SimTable table(sim, "people");
    table.put("ann", "ann@example.org");
    table.delay = 3s;
    table.trouble_during(sim.now() + 5s, sim.now() + 8s);
    const Instant start = sim.now();
    EXPECT_TRUE(sim.run(table.find("ann")));
    EXPECT_EQ(sim.now() - start, 3s);
    EXPECT_FALSE(sim.run(table.find("ann")));
    EXPECT_TRUE(sim.run(table.find("ann")));
    EXPECT_EQ(table.asked(), 3u);
}

}  // namespace
}  // namespace cursus
