#include "accounts/joint_authenticator.h"

#include <algorithm>
#include <utility>

namespace cursus {

namespace {

bool has(const std::vector<Mechanism>& mechanisms, Mechanism wanted) {
    return std::ranges::find(mechanisms, wanted) != mechanisms.end();
}

}  // namespace

JointAuthenticator::JointAuthenticator(std::unique_ptr<Authenticator> first,
                                       std::unique_ptr<Authenticator> second)
    : first_(std::move(first)), second_(std::move(second)) {}

std::vector<Mechanism> JointAuthenticator::offered(const LoginScene& scene) const {
    const auto by_first = first_->offered(scene), by_second = second_->offered(scene);
    std::vector<Mechanism> mechanisms;
    for (const Mechanism mechanism : all_mechanisms)
        if (has(by_first, mechanism) || has(by_second, mechanism)) mechanisms.push_back(mechanism);
    return mechanisms;
}

Task<void> JointAuthenticator::refresh() {
    co_await first_->refresh();
    co_await second_->refresh();
}

std::unique_ptr<SaslExchange> JointAuthenticator::begin(Mechanism mechanism, LoginScene scene) {
    Authenticator& serving = has(first_->offered(scene), mechanism) ? *first_ : *second_;
    return serving.begin(mechanism, std::move(scene));
}

}  // namespace cursus
