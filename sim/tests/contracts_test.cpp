// The simulated world is held to the same contracts as the real one.
#include <gtest/gtest.h>

#include "contracts/contract.h"
#include "contracts/store_contract.h"
#include "sim/world.h"

namespace cursus {
namespace {

class SimulatedWorld : public WorldUnderTest {
public:
    SimulatedWorld() {
        EXPECT_TRUE(sim_.files().make_directory("/test", 0700));
        sim_.tls().put_certificate("/tls/server.pem", {.name = "mx.example.org", .issuer = "/tls/roots.pem"});
    }
    World& world() override { return sim_.world(); }
    void run(Task<void> task) override { sim_.run(std::move(task)); }
    IpAddress loopback() override { return IpAddress::v4({127, 0, 0, 1}); }
    std::string directory() override { return "/test"; }
    TlsUnderTest tls() override {
        return {.server_name = "mx.example.org",
                .server = {"/tls/server.pem", "/tls/server.key", "/tls/clients.pem",
                           TlsClientsAsked::OfAuthorities},
                .trusting = {TlsVerify::Name, "/tls/roots.pem"},
                .distrusting = {TlsVerify::Name, "/tls/other-roots.pem"},
                .careless = {}};
    }

private:
    SimWorld sim_{testing::UnitTest::GetInstance()->random_seed() + 1ULL, {.reactors = 2}};
};

std::unique_ptr<WorldUnderTest> make_simulated() {
    return std::make_unique<SimulatedWorld>();
}

class SimulatedStore : public StoreWorld {
public:
    std::unique_ptr<Store> open() override { return sim_.open_store(); }
    void drive() override { sim_.run_for(std::chrono::milliseconds{1}); }
    bool has_threads() const override { return false; }
    bool set_full(bool is_full) override {
        sim_.disk().trouble = is_full ? std::optional(StoreErrorKind::Full) : std::nullopt;
        return true;
    }

private:
    SimWorld sim_;
};

std::unique_ptr<StoreWorld> make_store() {
    return std::make_unique<SimulatedStore>();
}

CURSUS_HOLD_TO_CONTRACTS(Simulated, make_simulated);
INSTANTIATE_TEST_SUITE_P(Simulated, StoreContract, testing::Values(MakeStoreWorld{make_store}));

}  // namespace
}  // namespace cursus
