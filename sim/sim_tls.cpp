#include "sim/sim_tls.h"

namespace cursus {

Result<SimCertificate, std::string> SimTls::find(const std::filesystem::path& path) const {
    const auto found = certificates_.find(path.string());
    if (found == certificates_.end())
        return failure(path.string() + ": no such certificate in the simulated world");
    return found->second;
}

Result<std::shared_ptr<TlsContext>, std::string> SimTls::server(const TlsServerSettings& settings) {
    auto context = std::make_shared<SimTlsContext>();
    TRY(certificate, find(settings.certificate_chain));
    context->facts.push_back({settings.certificate_chain, {certificate.name}, certificate.until});
    context->certificate = std::move(certificate);
    for (const auto& other : settings.others) {
        TRY(found, find(other.certificate_chain));
        context->facts.push_back({other.certificate_chain, {found.name}, found.until});
        context->others.push_back(std::move(found));
    }
    context->asks_for_client_certificate = settings.clients != TlsClientsAsked::No;
    context->trusted_issuer = settings.client_ca.string();
    return context;
}

Result<std::shared_ptr<TlsContext>, std::string> SimTls::client(const TlsClientSettings& settings) {
    auto context = std::make_shared<SimTlsContext>();
    context->verify = settings.verify;
    context->trusted_issuer = settings.trusted_roots.string();
    return context;
}

}  // namespace cursus
