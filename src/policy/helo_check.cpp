#include "policy/helo_check.h"

namespace cursus {

namespace {

// Postmaster has a mailbox here at every name that is ours, at that of the host itself too.
bool is_ours(const MailHost& host, const Destinations& destinations) {
    const auto postmaster = Mailbox::make("postmaster", host);
    return postmaster && destinations.locality(*postmaster) != Locality::Elsewhere;
}

bool is_us(const HeloEnds& ends, const Destinations& destinations) {
    return ends.client.is_loopback() || ends.client == ends.server || is_ours(ends.client, destinations);
}

bool is_qualified(const Domain& domain) {
    return domain.text().contains('.');
}

}  // namespace

HeloForm helo_form(std::string_view helo, const HeloEnds& ends, const Destinations& destinations) {
    const auto host = parse_mail_host(helo);
    if (!host) return HeloForm::Invalid;
    const auto* address = std::get_if<IpAddress>(&*host);
    const bool is_own = is_ours(*host, destinations) || (address != nullptr && *address == ends.server);
    if (is_own && !is_us(ends, destinations)) return HeloForm::OwnName;
    if (address != nullptr)
        return *address == ends.client ? HeloForm::ClientsAddress : HeloForm::OtherAddress;
    return is_qualified(std::get<Domain>(*host)) ? HeloForm::Name : HeloForm::NotFullyQualified;
}

Task<std::optional<ForwardAnswer>> look_up_helo(Resolver& resolver, std::string helo, IpAddress client) {
    const auto domain = Domain::parse(helo);
    if (!domain || !is_qualified(*domain)) co_return std::nullopt;
    co_return co_await look_forward(resolver, domain->text(), client);
}

}  // namespace cursus
