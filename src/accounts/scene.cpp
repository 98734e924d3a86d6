#include "accounts/scene.h"

namespace cursus {

bool may_show_secrets(const LoginScene& scene, const AuthSettings& settings) {
    return scene.tls.has_value() || (settings.clear_on_loopback && scene.peer.address.is_loopback());
}

}  // namespace cursus
