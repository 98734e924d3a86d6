#include "sim/sim_tls.h"

namespace cursus {

Result<std::shared_ptr<TlsContext>, std::string> SimTls::server(const TlsServerSettings& settings) {
    const auto found = certificates_.find(settings.certificate_chain.string());
    if (found == certificates_.end()) {
        return failure(settings.certificate_chain.string() + ": no such certificate in the simulated world");
    }
    auto context = std::make_shared<SimTlsContext>();
    context->certificate = found->second;
    context->asks_for_client_certificate = !settings.client_ca.empty();
    return context;
}

Result<std::shared_ptr<TlsContext>, std::string> SimTls::client(const TlsClientSettings& settings) {
    auto context = std::make_shared<SimTlsContext>();
    context->verify = settings.verify;
    context->trusted_issuer = settings.trusted_roots.string();
    return context;
}

}  // namespace cursus
