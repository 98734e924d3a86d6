#include "policy/advisors.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "policy/delegation.h"
#include "policy/http_hook.h"
#include "runtime/calling_reactor.h"

namespace cursus {
namespace {

bool wants_tls(const AdvisorAddress& address) {
    const auto* url = std::get_if<HttpUrl>(&address);
    return url != nullptr && url->scheme == HttpScheme::Https;
}

}  // namespace

Result<std::unique_ptr<Advisors>, std::string> Advisors::open(World& world,
                                                              const std::vector<AdvisorAddress>& addresses,
                                                              const AdvisorSettings& settings) {
    std::shared_ptr<TlsContext> tls;
    if (std::ranges::any_of(addresses, wants_tls)) {
        auto made = world.tls.client({.verify = TlsVerify::Name, .trusted_roots = settings.trusted_roots});
        if (!made) return failure("the authorities that vouch for hooks: " + made.error());
        tls = *std::move(made);
    }
    std::unique_ptr<Advisors> advisors(new Advisors(world, settings.timeout));
    for (const AdvisorAddress& address : addresses) {
        Desk& desk = advisors->desks_[address];
        if (desk.advisor) continue;
        if (const auto* url = std::get_if<HttpUrl>(&address))
            desk.advisor = std::make_unique<HttpHook>(world, *url, tls, settings.timeout);
        else
            desk.advisor = std::make_unique<Delegation>(world, std::get<PolicyServers>(address).servers);
        for (std::size_t i = 0; i < world.reactors.size(); ++i)
            desk.places.push_back(std::make_unique<Places>(advisor_questions_max));
    }
    return advisors;
}

Task<Result<Advice, std::string>> Advisors::ask(AdvisorAddress address, Facts facts) {
    Reactor* const here = co_await calling_reactor(world_);
    const Instant deadline = here->clock().now() + timeout_;
    Desk& desk = desks_.at(address);
    const auto reactor = std::ranges::find(world_.reactors, here) - world_.reactors.begin();
    const auto place = co_await desk.places[static_cast<std::size_t>(reactor)]->take(here->clock(), deadline);
    if (!place)
        co_return failure(fmt::format("{}: too many questions are open already", advisor_name(address)));
    co_return co_await desk.advisor->ask(*here, std::move(facts), deadline);
}

}  // namespace cursus
