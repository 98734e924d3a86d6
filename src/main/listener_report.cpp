#include "main/listener_report.h"

#include <utility>

#include <fmt/format.h>

#include "config/certificate_of.h"
#include "main/text_table.h"

namespace cursus {
namespace {

std::string_view word(ListenerTls tls) {
    switch (tls) {
        case ListenerTls::None:
            return "none";
        case ListenerTls::StartTls:
            return "starttls";
        case ListenerTls::Implicit:
            return "implicit";
    }
    std::unreachable();
}

std::string_view word(ClientCertificates certificates) {
    switch (certificates) {
        case ClientCertificates::None:
            return "not asked for";
        case ClientCertificates::Optional:
            return "may be shown";
        case ClientCertificates::Required:
            return "required";
    }
    std::unreachable();
}

std::string certificate_text(const ListenerSettings& listener, const Settings& settings) {
    const auto files = certificate_of(listener, settings);
    return files.is_self_made ? fmt::format("{} (self-made)", files.certificate) : files.certificate;
}

}  // namespace

std::string listener_report(const Settings& settings) {
    TextTable table({{"listener"}, {"TLS"}, {"certificate"}, {"clients' certificates"}});
    for (const auto& listener : settings.listeners) {
        const bool has_tls = listener.tls != ListenerTls::None;
        table.add({listener.name, std::string(word(listener.tls)),
                   has_tls ? certificate_text(listener, settings) : "",
                   has_tls ? std::string(word(listener.client_certificates)) : ""});
    }
    return table.text();
}

}  // namespace cursus
