#include "config/certificate_of.h"

#include <algorithm>

namespace cursus {

CertificateFiles certificate_of(const ListenerSettings& listener, const Settings& settings) {
    if (!listener.certificate.empty()) return {listener.certificate, listener.key};
    if (!settings.tls.certificate.empty()) return {settings.tls.certificate, settings.tls.key};
    const std::string path = self_made_certificate(settings);
    return {path, path, true};
}

std::string self_made_certificate(const Settings& settings) {
    return settings.data_dir + "/tls/self-made.pem";
}

bool needs_self_made_certificate(const Settings& settings) {
    return std::ranges::any_of(settings.listeners, [&](const ListenerSettings& listener) {
        return listener.tls != ListenerTls::None && certificate_of(listener, settings).is_self_made;
    });
}

std::vector<std::string> names_of_self_made_certificate(const Settings& settings) {
    std::vector<std::string> names = {settings.hostname.value().text()};
    for (const auto& listener : settings.listeners) {
        const auto name = Domain::parse(listener.name);
        const bool is_host = name && name->text().contains('.');
        if (is_host && std::ranges::find(names, name->text()) == names.end()) names.push_back(name->text());
    }
    return names;
}

}  // namespace cursus
