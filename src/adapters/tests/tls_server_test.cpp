// A server's certificates, tickets and clients, seen from an OpenSSL client of the tests' own.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "adapters/openssl_factory.h"
#include "adapters/tests/test_ca.h"
#include "adapters/tls_session.h"

namespace cursus {
namespace {

struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SessionPointer = std::unique_ptr<SSL_SESSION, FreeSession>;
using SslPointer = std::unique_ptr<SSL, FreeBy<SSL_free>>;

const TestCa& ca() {
    return TestCa::shared();
}

struct ClientWishes {
    std::string name = {};                       // SNI
    std::string certificate = {}, its_key = {};  // paths
    int version = TLS1_3_VERSION;
    std::string protocols = {};  // ALPN, as on the wire
    SSL_SESSION* session = nullptr;
    bool extended_master_secret = true;
};

// What came of one connection.
struct Contact {
    bool held = false;
    bool goes_on = false;  // from a session before
    std::string shown;     // the subject of the server's certificate
    std::optional<TlsFacts> server;
    SessionPointer session;
    std::string exported, finished;  // the client's own idea of the channel bindings
};

std::string subject_shown_to(SSL* client) {
    const std::unique_ptr<X509, FreeBy<X509_free>> certificate(SSL_get1_peer_certificate(client));
    if (!certificate) return {};
    std::array<char, 256> text;
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text.data(),
                              text.size());
    return text.data();
}

class Sockets {
public:
    Sockets() {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_.data()), 0);
    }
    ~Sockets() {
        for (const int end : ends_) ::close(end);
    }
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;
    int client() const { return ends_[0]; }
    int server() const { return ends_[1]; }

private:
    std::array<int, 2> ends_{};
};

OpenSslContextPointer client_context(const ClientWishes& wishes) {
    OpenSslContextPointer context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), wishes.version);
    SSL_CTX_set_max_proto_version(context.get(), wishes.version);
    if (!wishes.extended_master_secret) SSL_CTX_set_options(context.get(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
    if (wishes.certificate.empty()) return context;
    EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context.get(), wishes.certificate.c_str()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), wishes.its_key.c_str(), SSL_FILETYPE_PEM), 1);
    return context;
}

void note_bindings(SSL* client, Contact& contact) {
    std::array<unsigned char, 32> key;
    const std::string label = "EXPORTER-Channel-Binding";
    SSL_export_keying_material(client, key.data(), key.size(), label.data(), label.size(), nullptr, 0, 0);
    contact.exported.assign(key.begin(), key.end());
    std::array<char, 64> finished;
    const std::size_t size = contact.goes_on ? SSL_get_peer_finished(client, finished.data(), finished.size())
                                             : SSL_get_finished(client, finished.data(), finished.size());
    contact.finished.assign(finished.data(), size);
}

Contact reach(const std::shared_ptr<TlsContext>& server_context, const ClientWishes& wishes) {
    constexpr int rounds_max = 20;
    const Sockets sockets;
    TlsSession server(std::static_pointer_cast<OpenSslContext>(server_context), sockets.server(),
                      TlsRole::Server, {});
    const OpenSslContextPointer context = client_context(wishes);
    const SslPointer client(SSL_new(context.get()));
    SSL_set_fd(client.get(), sockets.client());
    if (!wishes.name.empty()) SSL_set_tlsext_host_name(client.get(), wishes.name.c_str());
    if (!wishes.protocols.empty())
        SSL_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char*>(wishes.protocols.data()),
                            static_cast<unsigned>(wishes.protocols.size()));
    if (wishes.session != nullptr) SSL_set_session(client.get(), wishes.session);
    SSL_set_connect_state(client.get());
    Contact contact;
    TlsStep served = TlsStep::WantsToRead;
    for (int i = 0; i < rounds_max && !contact.held; ++i) {
        const bool is_connected = SSL_do_handshake(client.get()) == 1;
        if (served != TlsStep::Done && served != TlsStep::Failed) served = server.shake_hands();
        contact.held = is_connected && served == TlsStep::Done;
    }
    ERR_clear_error();
    if (!contact.held) return contact;
    // Tickets of TLS 1.3 come behind the handshake, RFC 8446 §4.6.1.
    std::size_t taken = 0;
    std::array<char, 8> read;
    EXPECT_EQ(server.write("220", taken), TlsStep::Done);
    EXPECT_EQ(SSL_read(client.get(), read.data(), read.size()), 3);
    contact.goes_on = SSL_session_reused(client.get()) == 1;
    contact.shown = subject_shown_to(client.get());
    contact.server = server.facts();
    contact.session.reset(SSL_get1_session(client.get()));
    note_bindings(client.get(), contact);
    SSL_set_shutdown(client.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else the session is spoilt
    return contact;
}

TlsServerSettings settings_of(const std::string& name) {
    return {ca().chain(name), ca().key(name)};
}

TlsServerSettings with_all_names() {
    TlsServerSettings settings = settings_of("mx.alpha.example");
    settings.others = {{ca().chain("*.beta.example"), ca().key("*.beta.example"), {}},
                       {ca().chain("mail.beta.example"), ca().key("mail.beta.example"), {}},
                       {ca().chain("127.0.0.1"), ca().key("127.0.0.1"), {"given.example"}}};
    return settings;
}

TlsServerSettings asking(TlsClientsAsked clients) {
    TlsServerSettings settings = settings_of("mx.alpha.example");
    settings.clients = clients;
    settings.client_ca = ca().root();
    return settings;
}

std::shared_ptr<TlsContext> server(const TlsServerSettings& settings) {
    auto made = OpenSslFactory().server(settings);
    EXPECT_TRUE(made) << made.error();
    return made.value_or(nullptr);
}

TEST(TlsServer, shows_the_certificate_of_the_name_that_is_asked_for) {
    const auto context = server(with_all_names());
    const std::map<std::string, std::string> expected = {
        {"", "mx.alpha.example"},
        {"mx.alpha.example", "mx.alpha.example"},
        {"mail.beta.example", "mail.beta.example"},
        {"MAIL.Beta.Example", "mail.beta.example"},
        {"smtp.beta.example", "*.beta.example"},
        {"given.example", "127.0.0.1"},
        {"a.smtp.beta.example", "mx.alpha.example"},
        {"beta.example", "mx.alpha.example"},
        {".beta.example", "mx.alpha.example"},
        {"unknown.example", "mx.alpha.example"},
        {"mail.beta.example\\", "mx.alpha.example"},  // CVE-2019-15846
        {"../../etc/passwd", "mx.alpha.example"},
        {"*.beta.example", "mx.alpha.example"},
    };
    for (const auto& [name, shown] : expected) {
        const Contact contact = reach(context, {.name = name});
        EXPECT_TRUE(contact.held) << name;
        EXPECT_EQ(contact.shown, shown) << name;
    }
}

TEST(TlsServer, says_what_its_certificates_say) {
    const auto context = server(with_all_names());
    const auto& facts = context->certificates();
    ASSERT_EQ(facts.size(), 4U);
    EXPECT_EQ(facts[0].names, std::vector<std::string>{"mx.alpha.example"});
    EXPECT_EQ(facts[1].names, std::vector<std::string>{"*.beta.example"});
    EXPECT_EQ(facts[1].path, ca().chain("*.beta.example"));
    EXPECT_TRUE(facts[3].names.empty()) << "an address is no name";
    const auto left = facts[0].until - std::chrono::system_clock::now();
    EXPECT_GT(left, std::chrono::hours(24 * 29));
    EXPECT_LT(left, std::chrono::hours(24 * 31));
}

class Tickets : public testing::TestWithParam<int> {
protected:
    static ClientWishes wishing(std::string name = {}, SSL_SESSION* session = nullptr) {
        return {.name = std::move(name), .version = GetParam(), .session = session};
    }
};

TEST_P(Tickets, are_good_where_they_were_given) {
    const auto context = server(settings_of("mx.alpha.example"));
    const Contact first = reach(context, wishing());
    ASSERT_TRUE(first.held);
    EXPECT_FALSE(first.goes_on);
    const Contact second = reach(context, wishing({}, first.session.get()));
    EXPECT_TRUE(second.held);
    EXPECT_TRUE(second.goes_on);
}

// Postfix 20260805: services with different rules must not take each other's.
TEST_P(Tickets, are_no_good_at_another_listener) {
    const auto settings = settings_of("mx.alpha.example");
    const auto one = server(settings), other = server(settings);
    const Contact first = reach(one, wishing());
    const Contact second = reach(other, wishing({}, first.session.get()));
    EXPECT_TRUE(second.held);
    EXPECT_FALSE(second.goes_on);
}

TEST_P(Tickets, of_one_name_are_no_good_under_another) {
    const auto context = server(with_all_names());
    const Contact first = reach(context, wishing("mail.beta.example"));
    const Contact same = reach(context, wishing("mail.beta.example", first.session.get()));
    EXPECT_TRUE(same.held);
    EXPECT_TRUE(same.goes_on);
    const Contact other = reach(context, wishing("smtp.beta.example", first.session.get()));
    EXPECT_TRUE(other.held);
    EXPECT_FALSE(other.goes_on);
    EXPECT_EQ(other.shown, "*.beta.example");
    const Contact none = reach(context, wishing({}, first.session.get()));
    EXPECT_TRUE(none.held);
    EXPECT_FALSE(none.goes_on);
    EXPECT_EQ(none.shown, "mx.alpha.example");
}

TEST_P(Tickets, are_not_given_where_clients_show_certificates_so_that_each_connection_shows_its_own) {
    const auto context = server(asking(TlsClientsAsked::OfAuthorities));
    ClientWishes wishes = wishing();
    wishes.certificate = ca().chain("client");
    wishes.its_key = ca().key("client");
    const Contact first = reach(context, wishes);
    ASSERT_TRUE(first.held);
    EXPECT_TRUE(first.server->verified) << first.server->verify_error;
    const Contact without = reach(context, wishing({}, first.session.get()));
    EXPECT_TRUE(without.held);
    EXPECT_FALSE(without.goes_on);
    EXPECT_FALSE(without.server->verified);
    EXPECT_TRUE(without.server->peer_fingerprint.empty());
}

INSTANTIATE_TEST_SUITE_P(Versions, Tickets, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST(TlsServer, believes_no_certificate_that_is_expired_for_another_purpose_or_of_nobody_it_knows) {
    const auto context = server(asking(TlsClientsAsked::OfAny));
    for (const std::string name : {"expired client", "server only"}) {
        const Contact contact = reach(context, {.certificate = ca().chain(name), .its_key = ca().key(name)});
        ASSERT_TRUE(contact.held) << name;
        EXPECT_FALSE(contact.server->verified) << name;
        EXPECT_EQ(contact.server->peer_fingerprint.size(), 64U);
    }
    const Contact stranger = reach(context, {.certificate = ca().other_root(), .its_key = ca().other_key()});
    ASSERT_TRUE(stranger.held);
    EXPECT_FALSE(stranger.server->verified);
    EXPECT_EQ(stranger.server->peer_fingerprint.size(), 64U);
    const Contact good = reach(context, {.certificate = ca().chain("client"), .its_key = ca().key("client")});
    EXPECT_TRUE(good.server->verified) << good.server->verify_error;
}

TEST(TlsServer, verifies_nobody_without_an_authority) {
    TlsServerSettings settings = asking(TlsClientsAsked::OfAny);
    settings.client_ca.clear();
    const auto context = server(settings);
    for (const auto& [chain, key] : {std::pair(ca().chain("client"), ca().key("client")),
                                     std::pair(ca().other_root(), ca().other_key())}) {
        const Contact contact = reach(context, {.certificate = chain, .its_key = key});
        ASSERT_TRUE(contact.held);
        EXPECT_FALSE(contact.server->verified);
        EXPECT_EQ(contact.server->peer_fingerprint.size(), 64U);
    }
}

TEST(TlsServer, verifies_clients_under_every_name) {
    TlsServerSettings settings = with_all_names();
    settings.clients = TlsClientsAsked::OfAuthorities;
    settings.client_ca = ca().root();
    const Contact contact = reach(
        server(settings),
        {.name = "mail.beta.example", .certificate = ca().chain("client"), .its_key = ca().key("client")});
    ASSERT_TRUE(contact.held);
    EXPECT_EQ(contact.shown, "mail.beta.example");
    EXPECT_TRUE(contact.server->verified) << contact.server->verify_error;
}

TEST(TlsServer, speaks_1_3_only_where_it_is_told_to) {
    TlsServerSettings settings = with_all_names();
    settings.is_1_3_only = true;
    const auto context = server(settings);
    EXPECT_FALSE(reach(context, {.version = TLS1_2_VERSION}).held);
    EXPECT_FALSE(reach(context, {.name = "mail.beta.example", .version = TLS1_2_VERSION}).held);
    EXPECT_TRUE(reach(context, {.version = TLS1_3_VERSION}).held);
}

TEST(TlsServer, turns_away_who_is_going_to_speak_something_else_than_mail) {
    const auto context = server(settings_of("mx.alpha.example"));
    EXPECT_FALSE(reach(context, {.protocols = "\x02h2\x08http/1.1"}).held);
    EXPECT_FALSE(reach(context, {.protocols = "\x04imap"}).held);
    EXPECT_TRUE(reach(context, {.protocols = "\x08http/1.1\x04smtp"}).held);
}

TEST(TlsServer, knows_what_only_the_two_ends_of_a_connection_know) {
    const auto context = server(settings_of("mx.alpha.example"));
    const Contact newer = reach(context, {.version = TLS1_3_VERSION});
    ASSERT_TRUE(newer.held);
    EXPECT_EQ(newer.server->exporter.size(), 32U);
    EXPECT_EQ(newer.server->exporter, newer.exported);
    EXPECT_EQ(newer.server->unique, "");
    const Contact again = reach(context, {.version = TLS1_3_VERSION, .session = newer.session.get()});
    EXPECT_EQ(again.server->exporter, again.exported);
    EXPECT_NE(again.server->exporter, newer.exported) << "each connection has its own";

    const Contact older = reach(context, {.version = TLS1_2_VERSION});
    ASSERT_TRUE(older.held);
    EXPECT_EQ(older.server->unique, older.finished);
    EXPECT_FALSE(older.server->unique.empty());
    EXPECT_EQ(older.server->exporter, "");
    const Contact going_on = reach(context, {.version = TLS1_2_VERSION, .session = older.session.get()});
    ASSERT_TRUE(going_on.goes_on);
    EXPECT_EQ(going_on.server->unique, going_on.finished);
    const Contact weak = reach(context, {.version = TLS1_2_VERSION, .extended_master_secret = false});
    ASSERT_TRUE(weak.held);
    EXPECT_EQ(weak.server->unique, "") << "RFC 7627 §1";
}

}  // namespace
}  // namespace cursus
