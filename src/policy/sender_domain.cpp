#include "policy/sender_domain.h"

#include <fmt/format.h>

#include "route/reach.h"

namespace cursus {

namespace {

DomainVerdict verdict_of(NoRoute why) {
    switch (why) {
        case NoRoute::NotNow:
            return DomainVerdict::Unknown;
        case NoRoute::NoSuchDomain:
            return DomainVerdict::Absent;
        case NoRoute::NullMx:
            return DomainVerdict::NullMx;
        case NoRoute::NoHost:
            return DomainVerdict::NoMailHost;
    }
    std::unreachable();
}

}  // namespace

std::string_view name(DomainVerdict verdict) {
    switch (verdict) {
        case DomainVerdict::Usable:
            return "usable";
        case DomainVerdict::Absent:
            return "absent";
        case DomainVerdict::NullMx:
            return "null-mx";
        case DomainVerdict::NoMailHost:
            return "no-mail-host";
        case DomainVerdict::Unknown:
            return "unknown";
    }
    std::unreachable();
}

SenderDomains::SenderDomains(const Router& router, const Destinations& destinations, const Settings& settings)
    : router_(router), destinations_(destinations), delivery_(settings.delivery) {
    for (const Domain& domain : settings.domains.relay) relay_domains_.insert(domain.text());
}

bool SenderDomains::is_ours(const Mailbox& sender) const {
    const Domain* const domain = sender.domain();
    return destinations_.locality(sender) != Locality::Elsewhere ||
           (domain != nullptr && relay_domains_.contains(domain->text()));
}

DomainAnswer SenderDomains::literal(const IpAddress& address) const {
    if (may_reach(address, Reach::Usual, delivery_)) return {DomainVerdict::Usable, {}, {}};
    return {DomainVerdict::NoMailHost, fmt::format("No mail can be sent to {}", address.literal()), {}};
}

// By MX, whatever special routes there are: they say how mail leaves here, and nothing of the domain.
Task<DomainAnswer> SenderDomains::look_up(Mailbox sender) const {
    if (is_ours(sender)) co_return DomainAnswer{DomainVerdict::Usable, {}, {}};
    const Domain* const domain = sender.domain();
    if (domain == nullptr) co_return literal(std::get<IpAddress>(sender.host()));
    Destination destination = Destination(domain_prefix) + domain->text();
    Route route = co_await router_.route(std::move(destination));
    DomainAnswer answer;
    if (auto* remote = std::get_if<RemoteRoute>(&route)) {
        answer.verdict = DomainVerdict::Usable;
        answer.hosts = std::move(remote->preferences);
    } else if (const auto* nowhere = std::get_if<Unroutable>(&route)) {
        answer.verdict = verdict_of(nowhere->why);
        answer.why = nowhere->reply.text();
    }
    co_return answer;
}

}  // namespace cursus
