// TLS beyond the contract: certificates of clients, addresses as names, versions, and errors for the
// operator.
#include <gtest/gtest.h>

#include <fstream>

#include "adapters/openssl_factory.h"
#include "adapters/reactor_pool.h"
#include "adapters/real_stream.h"
#include "adapters/tests/test_ca.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

const TestCa& authority() {
    return TestCa::shared();
}

TlsServerSettings server_of(const std::string& name, bool asks_clients) {
    TlsServerSettings settings{authority().chain(name), authority().key(name)};
    if (!asks_clients) return settings;
    settings.client_ca = authority().root();
    settings.clients = TlsClientsAsked::OfAuthorities;
    return settings;
}

TlsClientSettings trusting() {
    return {TlsVerify::Name, authority().root()};
}

// What each end knew when the handshake was over. The streams end on their reactor's own thread.
struct Ends {
    std::optional<TlsFacts> client, server;
    std::string client_failure, server_failure;
    bool held = false;
};

Task<void> serve(Stream& stream, std::shared_ptr<TlsContext> context, Instant deadline, bool& held) {
    const auto result = co_await stream.start_tls_server(std::move(context), deadline);
    held = result.has_value();
}

Task<void> shake_hands(RealReactor& reactor, std::shared_ptr<TlsContext> server,
                       std::shared_ptr<TlsContext> client, std::string name, Ends& ends) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) co_return;
    RealStream client_end(reactor, pair[0], Endpoint{}, Endpoint{});
    RealStream server_end(reactor, pair[1], Endpoint{}, Endpoint{});
    const Instant deadline = reactor.now() + 60s;
    bool is_served = false;
    TaskGroup group(reactor.executor());
    group.spawn(serve(server_end, server, deadline, is_served));
    const auto result = co_await client_end.start_tls_client(client, name, deadline);
    ends.client_failure = client_end.tls_failure();
    if (!result) co_await client_end.close(reactor.now());
    co_await group.join();
    ends.server_failure = server_end.tls_failure();
    ends.client = client_end.tls();
    ends.server = server_end.tls();
    ends.held = result.has_value() && is_served;
}

class TlsTest : public testing::Test {
protected:
    Ends connect(std::shared_ptr<TlsContext> server, std::shared_ptr<TlsContext> client, std::string name) {
        Ends ends;
        pool_.run(shake_hands(pool_.first(), std::move(server), std::move(client), std::move(name), ends));
        return ends;
    }
    std::shared_ptr<TlsContext> server(const TlsServerSettings& settings) {
        const auto made = factory_.server(settings);
        EXPECT_TRUE(made) << made.error();
        return made.value_or(nullptr);
    }
    std::shared_ptr<TlsContext> client(const TlsClientSettings& settings) {
        const auto made = factory_.client(settings);
        EXPECT_TRUE(made) << made.error();
        return made.value_or(nullptr);
    }
    // A client that shows a certificate, which our own settings have no key for yet.
    std::shared_ptr<TlsContext> client_with(const std::filesystem::path& chain,
                                            const std::filesystem::path& key) {
        auto context = client(trusting());
        SSL_CTX* const raw = std::static_pointer_cast<OpenSslContext>(context)->get();
        EXPECT_EQ(SSL_CTX_use_certificate_chain_file(raw, chain.c_str()), 1);
        EXPECT_EQ(SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM), 1);
        return context;
    }

    OpenSslFactory factory_;
    ScratchDirectory directory_;
    ReactorPool pool_{1};
};

TEST_F(TlsTest, a_clients_certificate_is_verified_and_told) {
    const auto ends =
        connect(server(server_of("mx.alpha.example", true)),
                client_with(authority().chain("client"), authority().key("client")), "mx.alpha.example");
    ASSERT_TRUE(ends.held) << ends.client_failure << ends.server_failure;
    ASSERT_TRUE(ends.server);
    EXPECT_TRUE(ends.server->verified) << ends.server->verify_error;
    EXPECT_EQ(ends.server->peer_subject, "CN=client");
    EXPECT_EQ(ends.server->peer_issuer, "CN=Test root");
    EXPECT_GE(ends.server->cipher_bits, 128);
    EXPECT_EQ(ends.server->peer_fingerprint.size(), 64U);
}

TEST_F(TlsTest, a_clients_certificate_of_another_authority_is_told_and_not_believed) {
    const auto ends =
        connect(server(server_of("mx.alpha.example", true)),
                client_with(authority().other_root(), authority().other_key()), "mx.alpha.example");
    ASSERT_TRUE(ends.held) << ends.client_failure << ends.server_failure;
    EXPECT_FALSE(ends.server->verified);
    EXPECT_EQ(ends.server->peer_subject, "CN=Other root");
    EXPECT_FALSE(ends.server->verify_error.empty());
}

TEST_F(TlsTest, a_server_that_does_not_ask_is_shown_no_certificate) {
    const auto ends =
        connect(server(server_of("mx.alpha.example", false)),
                client_with(authority().chain("client"), authority().key("client")), "mx.alpha.example");
    ASSERT_TRUE(ends.held) << ends.client_failure;
    EXPECT_FALSE(ends.server->verified);
    EXPECT_TRUE(ends.server->peer_fingerprint.empty());
}

TEST_F(TlsTest, an_address_is_verified_as_an_address_and_sent_to_nobody) {
    const auto ends = connect(server(server_of("127.0.0.1", false)), client(trusting()), "127.0.0.1");
    ASSERT_TRUE(ends.held) << ends.client_failure;
    EXPECT_TRUE(ends.client->verified);
    EXPECT_EQ(ends.server->server_name, "");
}

TEST_F(TlsTest, a_name_is_no_address) {
    const auto ends = connect(server(server_of("mx.alpha.example", false)), client(trusting()), "127.0.0.1");
    EXPECT_FALSE(ends.held);
    EXPECT_NE(ends.client_failure.find("IP address mismatch"), std::string::npos) << ends.client_failure;
}

// RFC 9525 §2.
TEST_F(TlsTest, a_common_name_is_no_name_to_verify_by) {
    const auto ends =
        connect(server(server_of("common.alpha.example", false)), client(trusting()), "common.alpha.example");
    EXPECT_FALSE(ends.held);
    EXPECT_NE(ends.client_failure.find("hostname mismatch"), std::string::npos) << ends.client_failure;
}

TEST_F(TlsTest, verifying_needs_a_name) {
    const auto ends = connect(server(server_of("mx.alpha.example", false)), client(trusting()), "");
    EXPECT_FALSE(ends.held);
    EXPECT_FALSE(ends.client_failure.empty());
}

TEST_F(TlsTest, a_strange_server_name_is_not_passed_on) {
    for (const std::string name : {"../../etc/passwd", "back\\slash", "new\nline", "quo\"te"}) {
        const auto ends =
            connect(server(server_of("mx.alpha.example", false)), client({TlsVerify::None, {}}), name);
        if (ends.held) EXPECT_EQ(ends.server->server_name, "") << name;
    }
}

TEST_F(TlsTest, tls_1_1_is_refused) {
    const auto old = client({TlsVerify::None, {}});
    SSL_CTX* const raw = std::static_pointer_cast<OpenSslContext>(old)->get();
    SSL_CTX_set_security_level(raw, 0);
    SSL_CTX_set_min_proto_version(raw, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(raw, TLS1_1_VERSION);
    const auto ends = connect(server(server_of("mx.alpha.example", false)), old, "mx.alpha.example");
    EXPECT_FALSE(ends.held);
    EXPECT_FALSE(ends.server_failure.empty());
}

TEST_F(TlsTest, tls_1_2_is_taken) {
    const auto old = client(trusting());
    SSL_CTX_set_max_proto_version(std::static_pointer_cast<OpenSslContext>(old)->get(), TLS1_2_VERSION);
    const auto ends = connect(server(server_of("mx.alpha.example", true)), old, "mx.alpha.example");
    ASSERT_TRUE(ends.held) << ends.client_failure;
    EXPECT_EQ(ends.server->protocol, "TLSv1.2");
}

// RFC 9266, RFC 5929: what a login is bound to.
TEST_F(TlsTest, both_ends_know_what_binds_a_login_to_the_connection_and_no_other_does) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto context = client(trusting());
        SSL_CTX_set_max_proto_version(std::static_pointer_cast<OpenSslContext>(context)->get(), version);
        const auto one = connect(server(server_of("mx.alpha.example", false)), context, "mx.alpha.example");
        const auto other = connect(server(server_of("mx.alpha.example", false)), context, "mx.alpha.example");
        ASSERT_TRUE(one.held && other.held) << one.client_failure << other.client_failure;
        EXPECT_EQ(one.client->exporter, one.server->exporter);
        EXPECT_EQ(one.client->unique, one.server->unique);
        EXPECT_EQ(one.client->exporter.size(), version == TLS1_3_VERSION ? 32U : 0U);
        EXPECT_EQ(one.client->unique.size(), version == TLS1_3_VERSION ? 0U : 12U);
        EXPECT_NE(one.client->exporter + one.client->unique, other.client->exporter + other.client->unique);
    }
}

std::string error_of(const Result<std::shared_ptr<TlsContext>, std::string>& made) {
    return made ? "no error" : made.error();
}

TEST_F(TlsTest, what_is_wrong_with_a_file_is_said_in_a_sentence_with_its_name) {
    const std::string junk = directory_.path() + "/junk.pem";
    std::ofstream(junk) << "this is no certificate\n";
    const auto good = server_of("mx.alpha.example", false);

    const auto no_certificate = error_of(factory_.server({junk, good.private_key}));
    EXPECT_NE(no_certificate.find("the certificate " + junk), std::string::npos) << no_certificate;
    const auto no_key = error_of(factory_.server({good.certificate_chain, junk}));
    EXPECT_NE(no_key.find("the private key " + junk), std::string::npos) << no_key;
    const auto locked = error_of(factory_.server({good.certificate_chain, authority().locked_key()}));
    EXPECT_NE(locked.find(authority().locked_key().string()), std::string::npos) << locked;
    const auto other_key = error_of(factory_.server({good.certificate_chain, authority().other_key()}));
    EXPECT_NE(other_key.find("does not belong to the certificate"), std::string::npos) << other_key;
    const auto no_ca = error_of(
        factory_.server({good.certificate_chain, good.private_key, junk, TlsClientsAsked::OfAuthorities}));
    EXPECT_NE(no_ca.find("the clients' CA file " + junk), std::string::npos) << no_ca;
    const auto no_roots = error_of(factory_.client({TlsVerify::Name, directory_.path() + "/none.pem"}));
    EXPECT_NE(no_roots.find("none.pem: No such file"), std::string::npos) << no_roots;
    EXPECT_TRUE(factory_.client({TlsVerify::Name, {}})) << "the system's roots";
}

}  // namespace
}  // namespace cursus
