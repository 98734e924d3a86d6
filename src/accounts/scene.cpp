#include "accounts/scene.h"

namespace cursus {

bool may_show_secrets(const LoginScene& scene, const AuthSettings& settings) {
    if (scene.tls) return true;
    // Whoever comes by a local socket has no address.
    const bool is_here = scene.client.address.is_loopback() || scene.client.address.is_unspecified();
    return settings.clear_on_loopback && is_here;
}

}  // namespace cursus
