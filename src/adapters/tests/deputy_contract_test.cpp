// The real deputy, held to what every deputy promises.
#include "tests/contracts/deputy_contract.h"

#include <fmt/format.h>

#include "adapters/tests/deputy_system.h"

namespace cursus {
namespace {

class RealDeputyWorld final : public DeputyWorld {
public:
    RealDeputyWorld() {
        if (!system_.why_not().empty()) return;
        system_.clean();
        deputy_ = std::make_unique<TestDeputy>();
        users_ = std::make_unique<SystemUsers>(deputy_->reactors.first());
    }
    std::string why_skipped() override { return system_.why_not(); }
    Users& users() override { return *users_; }
    Deputy& deputy() override { return *deputy_->client; }
    void run(Task<void> task) override { deputy_->run(std::move(task)); }
    SystemUser user() override { return system_.ann(); }
    void write_file(const std::string& path, const std::string& text) override {
        system_.write(path, text, system_.ann());
    }
    std::optional<std::string> read_file(const std::string& path) override { return TestSystem::read(path); }
    std::vector<std::string> list(const std::string& directory) override {
        return TestSystem::list(directory);
    }
    std::string password() override { return TestSystem::password; }
    CommandOrder command(const std::string& output, int status) override {
        CommandOrder order;
        order.arguments = {"/bin/sh", "-c",   R"(cat >/dev/null; printf %s "$1"; exit "$2")",
                           "sh",      output, fmt::to_string(status)};
        order.environment = {"PATH=/usr/bin:/bin"};
        return order;
    }

private:
    TestSystem& system_ = TestSystem::shared();
    std::unique_ptr<TestDeputy> deputy_;
    std::unique_ptr<SystemUsers> users_;
};

std::unique_ptr<DeputyWorld> make_deputy() {
    return std::make_unique<RealDeputyWorld>();
}

INSTANTIATE_TEST_SUITE_P(Real, DeputyContract, testing::Values(MakeDeputyWorld{make_deputy}));

}  // namespace
}  // namespace cursus
