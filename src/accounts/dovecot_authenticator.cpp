#include "accounts/dovecot_authenticator.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/dovecot_connection.h"
#include "accounts/scene.h"
#include "base/wipe.h"
#include "runtime/calling_reactor.h"

namespace cursus {
namespace {

class DovecotExchange final : public SaslExchange {
public:
    DovecotExchange(DovecotAuthenticator& owner, DovecotQuestion question)
        : owner_(owner), question_(std::move(question)) {}

    Task<SaslStep> step(std::string response) override {
        const WipedAtEnd wiped(response);
        const bool is_first = connection_ == nullptr;
        std::string line = is_first ? dovecot_question(question_, response) : dovecot_continuation(response);
        const WipedAtEnd wiped_line(line);
        if (line.size() > dovecot_line_octets_max)
            co_return SaslFailure{SaslRefusal::Malformed, {}, "longer than Dovecot takes"};
        if (is_first) {
            auto opened = co_await DovecotConnection::open(owner_.world(), owner_.path());
            if (!opened) co_return unavailable(std::move(opened).error());
            connection_ = *std::move(opened);
            owner_.learn(connection_->mechanisms());
        }
        auto answer = co_await connection_->ask(line);
        if (!answer) co_return unavailable(fmt::format("Dovecot: {}", answer.error()));
        co_return *std::move(answer);
    }

private:
    static SaslFailure unavailable(std::string why) { return {SaslRefusal::Unavailable, {}, std::move(why)}; }

    DovecotAuthenticator& owner_;
    DovecotQuestion question_;
    std::unique_ptr<DovecotConnection> connection_;
};

}  // namespace

DovecotAuthenticator::DovecotAuthenticator(World& world, const AuthSettings& settings)
    : world_(world), settings_(settings), next_look_(world.reactors.front()->clock().now()) {}

std::vector<Mechanism> DovecotAuthenticator::offered(const LoginScene& scene) const {
    std::vector<Mechanism> mechanisms;
    {
        const std::lock_guard lock(mutex_);
        mechanisms = known_;
    }
    const auto& wanted = settings_.mechanisms;
    const bool is_safe = may_show_secrets(scene, settings_);
    std::erase_if(mechanisms, [&](Mechanism mechanism) {
        const bool is_wanted = wanted.empty() || std::ranges::find(wanted, mechanism) != wanted.end();
        return !is_wanted || (shows_secret(mechanism) && !is_safe);
    });
    return mechanisms;
}

std::unique_ptr<SaslExchange> DovecotAuthenticator::begin(Mechanism mechanism, LoginScene scene) {
    const bool is_safe = may_show_secrets(scene, settings_);
    return std::make_unique<DovecotExchange>(*this, DovecotQuestion{mechanism, std::move(scene), is_safe});
}

// One looks, and the others go by what is known so far.
bool DovecotAuthenticator::must_look(Instant now) {
    const std::lock_guard lock(mutex_);
    if (now < next_look_) return false;
    next_look_ = now + dovecot_retry_interval;
    return true;
}

Task<void> DovecotAuthenticator::refresh() {
    Reactor* const reactor = co_await calling_reactor(world_);
    if (!must_look(reactor->clock().now())) co_return;
    const auto connection = co_await DovecotConnection::open(world_, path());
    if (connection) learn((*connection)->mechanisms());
}

void DovecotAuthenticator::learn(const std::vector<Mechanism>& mechanisms) {
    const Instant now = world_.reactors.front()->clock().now();
    const std::lock_guard lock(mutex_);
    known_ = mechanisms;
    next_look_ = now + dovecot_look_interval;
}

}  // namespace cursus
