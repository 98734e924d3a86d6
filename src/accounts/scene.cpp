#include "accounts/scene.h"

namespace cursus {

bool may_show_secrets(const LoginScene& scene, const AuthSettings& settings) {
    const IpAddress& client = scene.client.address;
    const bool is_this_host = client.is_loopback() || client.is_unspecified();
    return scene.tls.has_value() || (settings.clear_on_loopback && is_this_host);
}

}  // namespace cursus
