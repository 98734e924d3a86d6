// Where accounts are kept, with the real programs: who is let in, who is not, and when nothing can be said.
#include <gmock/gmock.h>
#include <gsasl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fmt/format.h>

#include "accounts/directory_credentials.h"
#include "accounts/dovecot_authenticator.h"
#include "accounts/pam_credentials.h"
#include "accounts/password_hash.h"
#include "accounts/table_credentials.h"
#include "adapters/ldap_directory.h"
#include "adapters/postgresql_table.h"
#include "adapters/real_world.h"
#include "adapters/sqlite_table.h"
#include "adapters/tests/database_servers.h"
#include "adapters/tests/deputy_system.h"
#include "adapters/tests/dovecot_server.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;
using Checked = Result<std::optional<std::string>, CredentialTrouble>;

std::string shown(const Checked& checked) {
    return checked ? checked->value_or("nobody") : "trouble: " + checked.error().why;
}

class AccountStores : public testing::Test {
protected:
    void SetUp() override {
        RealWorldSettings settings;
        settings.reactors = 2;
        settings.dns.servers = {Endpoint{IpAddress::v4({127, 0, 0, 1}), 9}};  // nobody asks
        auto made = RealWorld::make(std::move(settings));
        ASSERT_TRUE(made) << made.error();
        real_ = *std::move(made);
    }
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        T value = co_await std::move(task);
        result.emplace(std::move(value));
    }
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        real_->reactors().run(keep(std::move(task), result));
        return std::move(*result);
    }
    std::string check(Credentials& credentials, std::string account, std::string password) {
        return shown(run(credentials.check({std::move(account), std::move(password)}, {})));
    }

    std::unique_ptr<RealWorld> real_;
};

// ---- SQL

const std::string hash = *make_password_hash("a secret", "0123456789abcdef");
const ScramKeys keys = *make_scram_keys("a secret", ScramHash::Sha256, "salt", 4096);

class InSql : public AccountStores {
protected:
    void expect_accounts(std::shared_ptr<Table> table) {
        TableCredentials credentials(real_->world().offload, std::move(table),
                                     std::make_shared<KnownForms>(AccountForms{false, true}),
                                     FormsKeeper::Nobody);
        EXPECT_EQ(check(credentials, "ann@alpha.example", "a secret"), "ann@alpha.example");
        EXPECT_EQ(check(credentials, "ann@ALPHA.example", "a secret"), "ann@alpha.example");
        EXPECT_EQ(check(credentials, "ann@alpha.example", "another"), "nobody");
        EXPECT_EQ(check(credentials, "' OR 1=1 --", "a secret"), "nobody");
        EXPECT_THAT(check(credentials, "two", "a secret"), testing::StartsWith("trouble: table people: "));
        const auto found = run(credentials.keys("ann@alpha.example", ScramHash::Sha256)).value();
        ASSERT_TRUE(found);
        EXPECT_EQ(found->stored_key, keys.stored_key);
    }
    static std::string statements() {
        const std::string both = text_of({hash, {}, keys});
        return fmt::format(
            "CREATE TABLE people (name text, secrets text);"
            "INSERT INTO people VALUES ('ann@alpha.example', '{0}'), ('two', '{1}'), ('two', '{1}');",
            both, hash);
    }
};

TEST_F(InSql, accounts_are_rows_of_sqlite) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/people.db";
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &opened), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(opened, statements().c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(opened);
    expect_accounts(make_sqlite_table({"people", path, "SELECT secrets FROM people WHERE name = :key", 10s}));
}

TEST_F(InSql, accounts_are_rows_of_postgresql) {
    PostgresqlServer server;
    server.execute(statements());
    const auto made = make_postgresql_table(
        {"people", server.connection(), "SELECT secrets FROM people WHERE name = $1", 10s});
    ASSERT_TRUE(made) << made.error();
    const auto& table = *made;
    expect_accounts(table);
    server.stop();
    TableCredentials credentials(real_->world().offload, table, std::make_shared<KnownForms>(AccountForms{}),
                                 FormsKeeper::Nobody);
    EXPECT_THAT(check(credentials, "ann@alpha.example", "a secret"), testing::StartsWith("trouble: "));
}

// ---- LDAP

class InLdap : public AccountStores {
protected:
    LdapTableSettings settings() {
        LdapTableSettings settings{.name = "people",
                                   .uri = server_.uri(),
                                   .base = LdapServer::base,
                                   .filter = "(uid={key})",
                                   .attribute = "uid",
                                   .bind_dn = {},
                                   .password_file = {},
                                   .time_max = 10s};
        return settings;
    }
    std::string check(std::string account, std::string password) {
        return AccountStores::check(credentials_, std::move(account), std::move(password));
    }

    LdapServer server_;
    DirectoryCredentials credentials_{make_ldap_directory(settings())};
};

TEST_F(InLdap, accounts_are_entries_with_a_password) {
    server_.add({"ann", {"ann", "ann@alpha.example"}, "a secret"});
    server_.add({"bob", {"bob"}, "b secret"});
    server_.add({"mute", {"mute"}, ""});
    server_.add({"twin", {"twin"}, "a secret"});
    server_.add({"other twin", {"twin"}, "b secret"});
    EXPECT_EQ(check("ann", "a secret"), "ann");
    EXPECT_EQ(check("ANN", "a secret"), "ann") << "as the directory has it: it is the same account";
    EXPECT_EQ(check("ann@alpha.EXAMPLE", "a secret"), "ann@alpha.example");
    EXPECT_EQ(check("ann", "b secret"), "nobody");
    EXPECT_EQ(check("nobody", "a secret"), "nobody");
    EXPECT_EQ(check("mute", "a secret"), "nobody");
    EXPECT_THAT(check("twin", "a secret"), testing::HasSubstr("several entries of twin"));
}

TEST_F(InLdap, an_empty_password_is_no_password_though_the_server_would_be_content) {
    server_.add({"ann", {"ann"}, "a secret"});
    EXPECT_EQ(check("ann", ""), "nobody");
    EXPECT_EQ(run(make_ldap_directory(settings())->authenticate("ann", "")).value(), std::nullopt);
}

TEST_F(InLdap, a_name_ends_where_it_ends_and_is_no_filter) {
    server_.add({"ann", {"ann"}, "a secret"});
    for (const char* name : {"*", "an*", "ann)(uid=*", "*)(objectClass=*", "ann)(|(uid=*", "\\2a"})
        EXPECT_EQ(check(name, "a secret"), "nobody") << name;
}

TEST_F(InLdap, gives_no_answer_while_the_server_is_away) {
    server_.add({"ann", {"ann"}, "a secret"});
    server_.stop();
    EXPECT_THAT(check("ann", "wrong"), testing::StartsWith("trouble: directory people: "));
    server_.start();
    std::this_thread::sleep_for(2s);  // so soon it is not tried again
    EXPECT_EQ(check("ann", "a secret"), "ann");
}

TEST_F(InLdap, gives_no_answer_about_an_entry_whose_name_is_not_clear) {
    server_.add({"ann", {"ann", "anna"}, "a secret"});
    auto by_name = settings();
    by_name.filter = "(cn={key})";
    DirectoryCredentials credentials(make_ldap_directory(by_name));
    EXPECT_EQ(AccountStores::check(credentials, "ann", "a secret"), "ann");
    server_.add({"bob", {"b1", "b2"}, "a secret"});
    EXPECT_THAT(AccountStores::check(credentials, "bob", "a secret"), testing::HasSubstr("2 values of uid"));
}

TEST_F(InLdap, gives_no_answer_when_the_server_will_not_bind) {
    LdapServer strict("require strong");
    auto elsewhere = settings();
    elsewhere.uri = strict.uri();
    DirectoryCredentials credentials(make_ldap_directory(elsewhere));
    EXPECT_THAT(AccountStores::check(credentials, "ann", "wrong"), testing::StartsWith("trouble: "));
}

// ---- Dovecot

struct Freed {
    void operator()(Gsasl* context) const { gsasl_done(context); }
    void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};

Task<void> log_in(Authenticator& authenticator, Mechanism mechanism, LoginScene scene, Gsasl_session* client,
                  SaslStep& result) {
    const auto exchange = authenticator.begin(mechanism, std::move(scene));
    result = SaslChallenge{};
    while (const auto* challenge = std::get_if<SaslChallenge>(&result)) {
        char* said = nullptr;
        std::size_t size = 0;
        const std::string heard = challenge->octets;
        const int code = gsasl_step(client, heard.data(), heard.size(), &said, &size);
        if (code != GSASL_OK && code != GSASL_NEEDS_MORE) co_return;
        std::string response(said, size);
        gsasl_free(said);
        result = co_await exchange->step(std::move(response));
    }
    // A server that knows the password proves that it does.
    const auto* success = std::get_if<SaslSuccess>(&result);
    if (success == nullptr || success->last_word.empty()) co_return;
    char* said = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(gsasl_step(client, success->last_word.data(), success->last_word.size(), &said, &size),
              GSASL_OK);
    gsasl_free(said);
}

class WithDovecot : public AccountStores {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        AccountStores::SetUp();
        server_.emplace();
        settings_.users = {AccountStore::Dovecot, server_->socket()};
        scene_.client = *Endpoint::parse("192.0.2.9:40000");
        scene_.server = *Endpoint::parse("192.0.2.1:465");
        scene_.tls.emplace();
        dovecot_ = std::make_unique<DovecotAuthenticator>(real_->world(), settings_);
    }
    std::string try_it(Mechanism mechanism, const char* account, const char* password) {
        Gsasl* made = nullptr;
        EXPECT_EQ(gsasl_init(&made), GSASL_OK);
        const std::unique_ptr<Gsasl, Freed> context(made);
        Gsasl_session* begun = nullptr;
        EXPECT_EQ(gsasl_client_start(made, std::string(name(mechanism)).c_str(), &begun), GSASL_OK);
        const std::unique_ptr<Gsasl_session, Freed> client(begun);
        gsasl_property_set(begun, GSASL_AUTHID, account);
        gsasl_property_set(begun, GSASL_PASSWORD, password);
        SaslStep result;
        real_->reactors().run(log_in(*dovecot_, mechanism, scene_, begun, result));
        if (const auto* success = std::get_if<SaslSuccess>(&result)) return success->account;
        const auto* failure = std::get_if<SaslFailure>(&result);
        if (failure == nullptr) return "the client gives up";
        return failure->refusal == SaslRefusal::Wrong ? "nobody" : failure->why;
    }

    std::optional<DovecotServer> server_;
    AuthSettings settings_;
    LoginScene scene_;
    std::unique_ptr<DovecotAuthenticator> dovecot_;
};

TEST_F(WithDovecot, people_log_in_by_what_it_announces) {
    real_->reactors().run(dovecot_->refresh());
    const auto offered = dovecot_->offered(scene_);
    EXPECT_EQ(offered, (std::vector{Mechanism::ScramSha256, Mechanism::ScramSha1, Mechanism::Plain,
                                    Mechanism::Login}));
    for (const Mechanism mechanism : offered) {
        SCOPED_TRACE(name(mechanism));
        EXPECT_EQ(try_it(mechanism, "ann@alpha.example", DovecotServer::password), "ann@alpha.example");
        EXPECT_EQ(try_it(mechanism, "ann@alpha.example", "another"), "nobody");
        EXPECT_EQ(try_it(mechanism, "nobody@alpha.example", DovecotServer::password), "nobody");
        EXPECT_EQ(try_it(mechanism, "off@alpha.example", DovecotServer::password), "nobody");
    }
}

TEST_F(WithDovecot, nothing_is_said_of_anybody_while_it_is_away) {
    server_->stop();
    EXPECT_THAT(try_it(Mechanism::Plain, "ann@alpha.example", "another"), testing::StartsWith("Dovecot: "));
    server_->start();
    EXPECT_EQ(try_it(Mechanism::Plain, "ann@alpha.example", DovecotServer::password), "ann@alpha.example");
}

Task<void> log_in_by_plain(Authenticator& authenticator, LoginScene scene, unsigned& successes) {
    const auto exchange = authenticator.begin(Mechanism::Plain, std::move(scene));
    std::string response("\0ann@alpha.example\0a secret", 27);
    const auto result = co_await exchange->step(std::move(response));
    successes += std::holds_alternative<SaslSuccess>(result) ? 1 : 0;
}
Task<void> log_in_all(Authenticator& authenticator, Executor executor, LoginScene scene,
                      unsigned& successes) {
    TaskGroup group(std::move(executor));
    for (int i = 0; i < 50; ++i) group.spawn(log_in_by_plain(authenticator, scene, successes));
    co_await group.join();
}

TEST_F(WithDovecot, many_log_in_at_once) {
    unsigned successes = 0;
    real_->reactors().run(
        log_in_all(*dovecot_, real_->world().reactors.front()->executor(), scene_, successes));
    EXPECT_EQ(successes, 50U);
}

// ---- PAM

class InPam : public DeputyTest {
protected:
    std::string check(std::string account, std::string password) {
        PamCredentials credentials(*deputy_->client, "mail");
        return shown(run(credentials.check({std::move(account), std::move(password)}, {})));
    }
};

TEST_F(InPam, accounts_are_users_of_the_system_but_for_root) {
    EXPECT_EQ(check("ann", TestSystem::password), "ann");
    EXPECT_EQ(check("ann", "another"), "nobody");
    EXPECT_EQ(check("nobody-of-that-name", TestSystem::password), "nobody");
    EXPECT_EQ(check("root", TestSystem::password), "nobody");
    EXPECT_EQ(check("../ann", TestSystem::password), "nobody");
    EXPECT_EQ(check("ann", ""), "nobody");
    EXPECT_EQ(check("ann", std::string(600, 'x')), "nobody");
}

TEST_F(InPam, nothing_is_said_of_anybody_without_a_deputy) {
    deputy_->client->call_off();
    EXPECT_THAT(check("ann", "another"), testing::StartsWith("trouble: asking PAM: "));
}

}  // namespace
}  // namespace cursus
