#include "accounts/scene.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

LoginScene scene_from(const char* peer) {
    LoginScene scene;
    scene.peer = {*IpAddress::parse(peer), 40'000};
    return scene;
}

TEST(MayShowSecrets, needs_tls_and_nothing_else) {
    for (const char* client : {"192.0.2.1", "127.0.0.1", "0.0.0.0"}) {
        LoginScene scene = scene_from(client);
        EXPECT_FALSE(may_show_secrets(scene, {})) << client;
        scene.tls.emplace();
        EXPECT_TRUE(may_show_secrets(scene, {})) << client;
    }
}

TEST(MayShowSecrets, lets_this_host_do_without_tls_when_it_is_told_to) {
    AuthSettings settings;
    settings.clear_on_loopback = true;
    for (const char* client : {"127.0.0.1", "127.8.9.10", "::1"})
        EXPECT_TRUE(may_show_secrets(scene_from(client), settings)) << client;
    for (const char* client :
         {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fe80::1", "::ffff:192.0.2.1", "0.0.0.0"})
        EXPECT_FALSE(may_show_secrets(scene_from(client), settings)) << client;
}

}  // namespace
}  // namespace cursus
