#include "config/certificate_of.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

Settings site() {
    Settings settings;
    settings.hostname = Domain::parse("mx.alpha.example").value();
    settings.data_dir = "/data";
    settings.listeners.push_back({.name = "mx", .addresses = {}, .tls = ListenerTls::StartTls});
    return settings;
}

TEST(CertificateOf, a_listener_is_its_own_then_the_common_one_then_the_self_made) {
    Settings settings = site();
    auto files = certificate_of(settings.listeners[0], settings);
    EXPECT_EQ(files.certificate, "/data/tls/self-made.pem");
    EXPECT_EQ(files.key, files.certificate);
    EXPECT_TRUE(files.is_self_made);
    EXPECT_TRUE(needs_self_made_certificate(settings));

    settings.tls.certificate = "/common.pem";
    settings.tls.key = "/common.key";
    files = certificate_of(settings.listeners[0], settings);
    EXPECT_EQ(files.key, "/common.key");
    EXPECT_FALSE(files.is_self_made || needs_self_made_certificate(settings));

    settings.listeners[0].certificate = "/own.pem";
    settings.listeners[0].key = "/own.key";
    EXPECT_EQ(certificate_of(settings.listeners[0], settings).certificate, "/own.pem");
}

TEST(CertificateOf, none_is_made_where_there_is_no_tls) {
    Settings settings = site();
    settings.listeners[0].tls = ListenerTls::None;
    EXPECT_FALSE(needs_self_made_certificate(settings));
}

TEST(CertificateOf, the_self_made_one_is_for_the_hostname_and_listeners_that_are_called_like_hosts) {
    Settings settings = site();
    settings.listeners.push_back({.name = "smtp.alpha.example", .addresses = {}});
    settings.listeners.push_back({.name = "mx.alpha.example", .addresses = {}});
    settings.listeners.push_back({.name = "two words", .addresses = {}});
    EXPECT_EQ(names_of_self_made_certificate(settings),
              (std::vector<std::string>{"mx.alpha.example", "smtp.alpha.example"}));
}

}  // namespace
}  // namespace cursus
