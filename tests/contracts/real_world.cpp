// The real world, held to the contracts.
#include <stdexcept>

#include "adapters/real_world.h"
#include "adapters/tests/test_ca.h"
#include "contracts/contract.h"

namespace cursus {
namespace {

class RealWorldUnderTest final : public WorldUnderTest {
public:
    RealWorldUnderTest() {
        RealWorldSettings settings;
        settings.reactors = 2;
        settings.dns.servers = {Endpoint{IpAddress::v4({127, 0, 0, 1}), 9}};  // nobody asks
        auto made = RealWorld::make(std::move(settings));
        if (!made) throw std::runtime_error(made.error());
        real_ = std::move(*made);
    }

    World& world() override { return real_->world(); }
    void run(Task<void> task) override { real_->reactors().run(std::move(task)); }
    IpAddress loopback() override { return IpAddress::v4({127, 0, 0, 1}); }
    std::string directory() override { return files_.path(); }
    TlsUnderTest tls() override {
        const TestCa& ca = TestCa::shared();
        TlsUnderTest tls;
        tls.server_name = "mx.alpha.example";
        tls.server = {ca.chain("mx.alpha.example"), ca.key("mx.alpha.example"), ca.root(),
                      TlsClientsAsked::OfAuthorities};
        tls.trusting = {TlsVerify::Name, ca.root()};
        tls.distrusting = {TlsVerify::Name, ca.other_root()};
        tls.careless = {TlsVerify::None, {}};
        return tls;
    }

private:
    ScratchDirectory files_;
    std::unique_ptr<RealWorld> real_;
};

std::unique_ptr<WorldUnderTest> make_real_world() {
    return std::make_unique<RealWorldUnderTest>();
}

}  // namespace

CURSUS_HOLD_TO_CONTRACTS(Real, make_real_world);

}  // namespace cursus
