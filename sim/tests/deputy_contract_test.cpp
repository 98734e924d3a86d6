// The simulated deputy is held to what every deputy promises.
#include "tests/contracts/deputy_contract.h"

#include <fmt/format.h>

#include "sim/world.h"

namespace cursus {
namespace {

class SimulatedDeputyWorld final : public DeputyWorld {
public:
    SimulatedDeputyWorld() {
        sim_.accounts().put(user());
        sim_.homes().password(user(), password());
        sim_.homes().password({"root", 0, 0, "/root"}, password());
        EXPECT_TRUE(sim_.files().make_directory("/homes", 0755));
        EXPECT_TRUE(sim_.files().make_directory(user().home, 0755));
    }
    Users& users() override { return sim_.world().users; }
    Deputy& deputy() override { return sim_.world().deputy; }
    void run(Task<void> task) override { sim_.run(std::move(task)); }
    SystemUser user() override { return {"ann", 1000, 1000, "/homes/ann"}; }
    // Files that mail goes into are the disk's, files that say where it goes are the homes'.
    void write_file(const std::string& path, const std::string& text) override {
        sim_.homes().file(path, text);
        const auto mode = sim_.files().exists(path) ? OpenMode::Write : OpenMode::CreateNew;
        const auto file = sim_.files().open(path, mode, 0600);
        ASSERT_TRUE(file) << file.error().what;
        const std::string_view piece = text;
        EXPECT_TRUE((*file)->truncate(0));
        EXPECT_TRUE((*file)->write_at(0, std::span(&piece, 1)));
    }
    std::optional<std::string> read_file(const std::string& path) override {
        const auto file = sim_.files().open(path, OpenMode::Read, 0);
        if (!file) return std::nullopt;
        std::string text((*file)->size().value_or(0), '\0');
        EXPECT_TRUE((*file)->read_at(0, text));
        return text;
    }
    std::vector<std::string> list(const std::string& directory) override {
        return sim_.files().list(directory).value_or(std::vector<std::string>());
    }
    std::string password() override { return "a secret"; }
    CommandOrder command(const std::string& output, int status) override {
        const auto outcome = status == 0    ? DeputyOutcome::Done
                             : status == 75 ? DeputyOutcome::Later
                                            : DeputyOutcome::Never;
        sim_.homes().command("/bin/says",
                             [output, outcome](const SystemUser&, const CommandOrder&, const std::string&) {
                                 return DeputyResult{outcome, output};
                             });
        CommandOrder order;
        order.arguments = {"/bin/says"};
        return order;
    }

private:
    SimWorld sim_{testing::UnitTest::GetInstance()->random_seed() + 1ULL};
};

std::unique_ptr<DeputyWorld> make_deputy() {
    return std::make_unique<SimulatedDeputyWorld>();
}

INSTANTIATE_TEST_SUITE_P(Simulated, DeputyContract, testing::Values(MakeDeputyWorld{make_deputy}));

Task<void> read_forward(SimWorld& sim, bool& is_read) {
    const auto file =
        co_await sim.world().deputy.read({"ann", 1000, 1000, "/homes/ann"}, "/homes/ann/.forward");
    is_read = file.has_value();
}

TEST(SimDeputy, fails_while_a_fault_lasts_and_not_after) {
    SimWorld sim(7);
    sim.homes().fault("ann", {DeputyOutcome::Later, "stale file handle"},
                      {sim.now(), sim.now() + std::chrono::minutes{1}});
    bool is_read = true;
    sim.run(read_forward(sim, is_read));
    EXPECT_FALSE(is_read);
    sim.run_for(std::chrono::minutes{1});
    sim.run(read_forward(sim, is_read));
    EXPECT_TRUE(is_read);
}

}  // namespace
}  // namespace cursus
