#include "accounts/joint_authenticator.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

class Stub final : public Authenticator {
public:
    Stub(std::vector<Mechanism> mechanisms, std::vector<Mechanism>& begun)
        : mechanisms_(std::move(mechanisms)), begun_(begun) {}
    std::vector<Mechanism> offered(const LoginScene&) const override { return mechanisms_; }
    std::unique_ptr<SaslExchange> begin(Mechanism mechanism, LoginScene) override {
        begun_.push_back(mechanism);
        return nullptr;
    }

private:
    std::vector<Mechanism> mechanisms_;
    std::vector<Mechanism>& begun_;
};

TEST(JointAuthenticator, offers_what_either_does_and_lets_that_one_serve) {
    std::vector<Mechanism> by_first, by_second;
    JointAuthenticator joint(
        std::make_unique<Stub>(std::vector{Mechanism::Plain, Mechanism::External}, by_first),
        std::make_unique<Stub>(std::vector{Mechanism::OauthBearer, Mechanism::Plain}, by_second));
    const auto offered = joint.offered({});
    EXPECT_EQ(offered, (std::vector{Mechanism::External, Mechanism::OauthBearer, Mechanism::Plain}));
    for (const Mechanism mechanism : offered) joint.begin(mechanism, {});
    EXPECT_EQ(by_first, (std::vector{Mechanism::External, Mechanism::Plain}));
    EXPECT_EQ(by_second, (std::vector{Mechanism::OauthBearer}));
}

}  // namespace
}  // namespace cursus
