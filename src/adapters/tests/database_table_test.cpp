// What databases may answer besides what was hoped for.
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "adapters/cdb_table.h"
#include "adapters/ldap_filter.h"
#include "adapters/ldap_table.h"
#include "adapters/lookup_pool.h"
#include "adapters/postgresql_table.h"
#include "adapters/reactor_pool.h"
#include "adapters/socket_handle.h"
#include "adapters/sqlite_table.h"
#include "adapters/table_values.h"
#include "adapters/tests/database_servers.h"
#include "runtime/task_group.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr auto ample = 60s;

Task<void> keep(Table& table, std::string key, std::optional<TableAnswer>& answer) {
    auto found = co_await table.find(std::move(key));
    answer.emplace(std::move(found));
}

TableAnswer answer_of(Table& table, std::string key) {
    ReactorPool reactors(1);
    std::optional<TableAnswer> answer;
    reactors.run(keep(table, std::move(key), answer));
    return *std::move(answer);
}

std::string text_of(Table& table, std::string key) {
    const auto answer = answer_of(table, std::move(key));
    if (!answer) return "trouble: " + answer.error().why;
    return *answer ? (*answer)->value : "not there";
}

bool is_trouble(const std::string& text, std::string_view with) {
    return text.starts_with("trouble: ") && text.contains(with);
}

TEST(TableValues, are_joined_and_bounded_and_free_of_nul) {
    TableValues values;
    EXPECT_FALSE(values.take());
    EXPECT_TRUE(values.add(""));
    EXPECT_FALSE(values.take());
    EXPECT_TRUE(values.add("a"));
    EXPECT_TRUE(values.add("b"));
    EXPECT_FALSE(values.add(std::string_view("c\0d", 3)));
    EXPECT_FALSE(values.add(std::string(table_value_bytes_max, 'x')));
    EXPECT_EQ(values.take(), "a, b");
}

TEST(LdapFilter, what_means_something_in_a_filter_is_escaped) {  // RFC 4515 §3, §4
    EXPECT_EQ(ldap_escaped("*)(uid=*"), "\\2a\\29\\28uid=\\2a");
    EXPECT_EQ(ldap_escaped("C:\\MyFile"), "C:\\5cMyFile");
    EXPECT_EQ(ldap_escaped(std::string_view("\0", 1)), "\\00");
    EXPECT_EQ(ldap_escaped("{key}"), "{key}");
    EXPECT_EQ(ldap_filter("(|(uid={key})(mail={key}@x))", "a*{key}"),
              "(|(uid=a\\2a{key})(mail=a\\2a{key}@x))");
}

// ---- the pool

Task<void> keep(LookupPool& pool, LookupPool::Work work, std::optional<TableAnswer>& answer) {
    auto found = co_await pool.run(std::move(work));
    answer.emplace(std::move(found));
}

TEST(LookupPool, who_waits_for_work_that_hangs_is_told_in_time) {
    Signal end;
    std::atomic<bool> may_end = false;
    std::optional<TableAnswer> answer;
    ReactorPool reactors(1);
    {
        LookupPool pool("people", 50ms);
        reactors.run(keep(
            pool,
            [&may_end](LookupDeadline) -> TableAnswer {
                while (!may_end) std::this_thread::yield();
                return TableRow{"late", "here", 0};
            },
            answer));
        EXPECT_FALSE(*answer) << "it was answered while the work went on";
        may_end = true;
    }
    EXPECT_EQ(answer->error().why, "table people: no answer in time");
}

Task<void> overload(LookupPool& pool, Executor executor, std::atomic<bool>& may_end, std::string& why) {
    TaskGroup group(std::move(executor));
    std::vector<std::optional<TableAnswer>> answers(lookups_max);
    for (auto& answer : answers) {
        group.spawn(keep(
            pool,
            [&may_end](LookupDeadline) -> TableAnswer {
                while (!may_end) std::this_thread::yield();
                return std::nullopt;
            },
            answer));
    }
    std::optional<TableAnswer> refused;
    while (!refused) {  // until those that were spawned have begun
        std::optional<TableAnswer> answer;
        co_await keep(pool, [](LookupDeadline) -> TableAnswer { return std::nullopt; }, answer);
        if (!*answer) refused = std::move(answer);
    }
    why = refused->error().why;
    may_end = true;
    co_await group.join();
    for (const auto& answer : answers) EXPECT_TRUE(!*answer || !**answer);
}

TEST(LookupPool, more_than_can_wait_are_told_at_once) {
    std::atomic<bool> may_end = false;
    std::string why;
    ReactorPool reactors(1);
    LookupPool pool("people", ample);
    reactors.run(overload(pool, reactors.first().executor(), may_end, why));
    EXPECT_EQ(why, "table people: 1000 lookups wait for it already");
}

// ---- cdb

TEST(CdbTable, a_damaged_database_says_nothing) {
    const ScratchDirectory directory;
    const std::string path = directory.path() + "/list";
    const auto table = make_cdb_table({"people", path, ample});
    std::ofstream(path) << "";
    EXPECT_EQ(text_of(*table, "ann"),
              "trouble: table people: searching " + path + ": it is no cdb, or damaged");
    std::ofstream(path) << std::string(3000, '\x7f');
    EXPECT_TRUE(is_trouble(text_of(*table, "ann"), path));
}

// ---- sqlite

class Sqlite : public testing::Test {
protected:
    void SetUp() override {
        execute(
            "CREATE TABLE aliases (name TEXT, target);"
            "INSERT INTO aliases VALUES ('null', NULL), ('empty', ''), ('number', 5),"
            " ('half', NULL), ('half', 'b'), ('nul', 'a' || char(0) || 'b'), ('binary', x'610062'),"
            " ('large', printf('%.*c', 2000000, 'x'))");
    }
    void execute(const char* statements) {
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, statements, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }
    std::string look_up(const std::string& query, const std::string& key, Duration time = ample) {
        return text_of(*make_sqlite_table({"people", path_, query, time}), key);
    }

    ScratchDirectory directory_;
    std::string path_ = directory_.path() + "/list.db";
    std::string query_ = "SELECT target FROM aliases WHERE name = :key";
};

TEST_F(Sqlite, null_and_nothing_are_no_values) {
    EXPECT_EQ(look_up(query_, "null"), "not there");
    EXPECT_EQ(look_up(query_, "empty"), "not there");
    EXPECT_EQ(look_up(query_, "half"), "b");
    EXPECT_EQ(look_up(query_, "number"), "5");
}

TEST_F(Sqlite, a_value_that_cannot_be_one_is_trouble) {
    EXPECT_TRUE(is_trouble(look_up(query_, "nul"), "NUL"));
    EXPECT_TRUE(is_trouble(look_up(query_, "binary"), "NUL"));
    EXPECT_TRUE(is_trouble(look_up(query_, "large"), "too big"));
}

TEST_F(Sqlite, a_query_is_one_that_reads_one_column_by_one_key) {
    EXPECT_TRUE(is_trouble(look_up("SELECT 1", "a"), ":key"));
    EXPECT_TRUE(is_trouble(look_up("SELECT :other", "a"), ":key"));
    EXPECT_TRUE(is_trouble(look_up("SELECT :key, 1", "a"), "one column"));
    EXPECT_TRUE(is_trouble(look_up("SELECT :key; DELETE FROM aliases", "a"), "one statement"));
    EXPECT_TRUE(
        is_trouble(look_up("DELETE FROM aliases WHERE name = :key RETURNING name", "null"), "change"));
    EXPECT_TRUE(is_trouble(look_up("SELEKT :key", "a"), "syntax error"));
    EXPECT_EQ(look_up("SELECT name FROM aliases WHERE name = :key", "null"), "null");
}

TEST_F(Sqlite, a_query_without_end_is_ended) {
    const std::string endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i = :key";
    EXPECT_TRUE(is_trouble(look_up(endless, "a", 100ms), ""));
}

TEST_F(Sqlite, a_database_that_is_no_database_is_trouble) {
    std::ofstream(path_) << "Dear reader, this is not a database. It is a letter, and a long one at that.";
    EXPECT_TRUE(is_trouble(look_up(query_, "a"), "not a database"));
}

// ---- postgresql

class Postgresql : public testing::Test {
protected:
    std::shared_ptr<Table> table(const std::string& query, Duration time = ample) {
        return make_postgresql_table({"people", server_.connection(), query, time}).value();
    }
    PostgresqlServer server_;
    std::string query_ = "SELECT target FROM aliases WHERE name = $1";
};

TEST_F(Postgresql, answers_that_are_no_values) {
    server_.execute(
        "INSERT INTO aliases VALUES ('null', NULL), ('empty', ''), ('half', NULL), ('half', 'b'), "
        "('large', repeat('x', 2000000)), ('huge', repeat('x', 50000000))");
    const auto aliases = table(query_);
    EXPECT_EQ(text_of(*aliases, "null"), "not there");
    EXPECT_EQ(text_of(*aliases, "empty"), "not there");
    EXPECT_EQ(text_of(*aliases, "half"), "b");
    EXPECT_TRUE(is_trouble(text_of(*aliases, "large"), "octets"));
    EXPECT_TRUE(is_trouble(text_of(*aliases, "huge"), "octets"));
    EXPECT_EQ(text_of(*aliases, "half"), "b");
}

TEST_F(Postgresql, a_query_is_one_that_reads_one_column_by_one_key) {
    EXPECT_TRUE(is_trouble(text_of(*table("SELECT 1"), "a"), "parameter"));
    EXPECT_TRUE(is_trouble(text_of(*table("SELECT $1::text, $2::text"), "a"), "parameter"));
    EXPECT_TRUE(is_trouble(text_of(*table("SELECT $1::text, 1"), "a"), "one column"));
    EXPECT_TRUE(is_trouble(text_of(*table("SELECT $1::text; DELETE FROM aliases"), "a"), "multiple"));
    EXPECT_TRUE(
        is_trouble(text_of(*table("INSERT INTO aliases VALUES ($1) RETURNING name"), "a"), "read-only"));
    EXPECT_TRUE(is_trouble(text_of(*table("SELECT FROM $1"), "a"), "syntax"));
    EXPECT_TRUE(is_trouble(text_of(*table(""), "a"), ""));
}

TEST_F(Postgresql, a_query_without_end_is_ended_and_the_next_one_is_answered) {
    const auto slow = table(
        "SELECT name FROM aliases, pg_sleep(CASE WHEN $1 = 'slow' THEN 60 ELSE 0 END) "
        "WHERE name = $1",
        2s);
    server_.execute("INSERT INTO aliases VALUES ('slow', ''), ('quick', '')");
    EXPECT_TRUE(is_trouble(text_of(*slow, "slow"), ""));
    EXPECT_EQ(text_of(*slow, "quick"), "quick");
}

TEST(PostgresqlTable, a_connection_string_that_cannot_be_read_is_an_error_at_once) {
    const auto made = make_postgresql_table({"people", "host", "SELECT $1", ample});
    ASSERT_FALSE(made);
    EXPECT_TRUE(made.error().starts_with("table people: connection: ")) << made.error();
}

// ---- ldap

class Ldap : public testing::Test {
protected:
    Ldap() {
        settings_.name = "people";
        settings_.uri = server_.uri();
        settings_.base = LdapServer::base;
        settings_.filter = "(uid={key})";
        settings_.attribute = "mail";
        settings_.time_max = ample;
        server_.fill({{"ann", {"ann@example.org"}}});
    }
    std::string look_up(const LdapTableSettings& settings) {
        return text_of(*make_ldap_table(settings), "ann");
    }
    LdapTableSettings bound_with(std::string_view password) {
        LdapTableSettings settings = settings_;
        settings.bind_dn = LdapServer::root_dn;
        settings.password_file = directory_.path() + "/password";
        write_secret(settings.password_file, password);
        return settings;
    }

    ScratchDirectory directory_;
    LdapServer server_;
    LdapTableSettings settings_;
};

TEST_F(Ldap, nobody_in_particular_may_ask) {
    EXPECT_EQ(look_up(settings_), "ann@example.org");
    settings_.attribute = "telephoneNumber";
    EXPECT_EQ(look_up(settings_), "not there");
    settings_.attribute = "mail";
    settings_.depth = LdapDepth::Base;
    EXPECT_EQ(look_up(settings_), "not there");
}

TEST_F(Ldap, a_wrong_password_and_none_are_trouble) {
    EXPECT_EQ(look_up(bound_with(LdapServer::root_password)), "ann@example.org");
    EXPECT_TRUE(is_trouble(look_up(bound_with("wrong\n")), "Invalid credentials"));
    EXPECT_TRUE(is_trouble(look_up(bound_with("\n")), "its first line is empty"));
    auto settings = bound_with("");
    settings.password_file += ".none";
    EXPECT_TRUE(is_trouble(look_up(settings), "No such file"));
    settings = bound_with(LdapServer::root_password);
    std::filesystem::permissions(settings.password_file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_TRUE(is_trouble(look_up(settings), "run chmod 600"));
}

TEST_F(Ldap, a_base_that_is_not_there_says_nothing_of_the_key) {
    settings_.base = "dc=example,dc=net";
    EXPECT_TRUE(is_trouble(look_up(settings_), ""));
    settings_.base = "ou=none,dc=example,dc=org";
    EXPECT_TRUE(is_trouble(look_up(settings_), "No such object"));
}

TEST_F(Ldap, a_filter_that_is_none_and_tls_that_is_not_offered_are_trouble) {
    settings_.filter = "((uid={key})";
    EXPECT_TRUE(is_trouble(look_up(settings_), "filter"));
    settings_.filter = "(uid={key})";
    settings_.tls = LdapTls::StartTls;
    EXPECT_TRUE(is_trouble(look_up(settings_), "TLS"));
}

TEST_F(Ldap, a_server_that_binds_nobody_may_answer_nobody) {
    LdapServer strict("disallow bind_anon");
    strict.fill({{"ann", {"ann@example.org"}}});
    settings_.uri = strict.uri();
    EXPECT_EQ(look_up(settings_), "ann@example.org");
}

// ---- a server that takes connections and never says a word

class Silent : public testing::Test {
protected:
    void SetUp() override {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = directory_.path() + "/.s.PGSQL.5432";
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ASSERT_EQ(listen(socket_.get(), 10), 0);
    }
    LdapTableSettings ldap_settings() const {
        LdapTableSettings settings;
        settings.name = "people";
        settings.base = "dc=example";
        settings.filter = "(uid={key})";
        settings.attribute = "mail";
        settings.time_max = 1s;
        settings.uri = "ldapi://";
        for (const char c : directory_.path() + "/.s.PGSQL.5432")
            settings.uri += c == '/' ? std::string("%2F") : std::string(1, c);
        return settings;
    }

    ScratchDirectory directory_;
    SocketHandle socket_{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

TEST_F(Silent, postgresql_is_given_up) {
    const auto table =
        make_postgresql_table({"people", "host=" + directory_.path() + " user=a dbname=a", "SELECT $1", 1s});
    EXPECT_TRUE(is_trouble(text_of(**table, "ann"), "in time"));
}

// Keys and values are UTF-8, whatever else the connection string says.
TEST(PostgresqlEncoding, is_ours) {
    PostgresqlServer server;
    server.fill({{"jürgen", {"jürgen@b.example"}}});
    const auto table = make_postgresql_table({"people", server.connection() + " client_encoding=LATIN1",
                                              "SELECT target FROM aliases WHERE name = $1", 6s});
    EXPECT_EQ(text_of(**table, "jürgen"), "jürgen@b.example");
}

// Each of several hosts has its share of the time.
TEST_F(Silent, the_next_postgresql_is_asked) {
    PostgresqlServer good;
    good.fill({{"ann", {"ann@b.example"}}});
    const auto connection = good.connection();
    const auto directory = connection.substr(5, connection.find(' ') - 5);
    const auto table = make_postgresql_table(
        {"people",
         fmt::format("host={},/nowhere,{} user=postgres dbname=postgres", directory_.path(), directory),
         "SELECT target FROM aliases WHERE name = $1", 6s});
    EXPECT_EQ(text_of(**table, "ann"), "ann@b.example");
    const auto with_ports = make_postgresql_table(
        {"people",
         fmt::format("host={},{} port=5432, user=postgres dbname=postgres", directory_.path(), directory),
         "SELECT target FROM aliases WHERE name = $1", 6s});
    EXPECT_EQ(text_of(**with_ports, "ann"), "ann@b.example");
}

TEST_F(Silent, the_next_ldap_server_is_asked) {
    LdapServer good;
    good.fill({{"ann", {"ann@b.example"}}});
    auto settings = ldap_settings();
    settings.uri += " ldapi://%2Fnowhere " + good.uri();
    settings.base = LdapServer::base;
    settings.time_max = 6s;
    EXPECT_EQ(text_of(*make_ldap_table(settings), "ann"), "ann@b.example");
}

TEST_F(Silent, ldap_is_given_up) {
    EXPECT_TRUE(is_trouble(text_of(*make_ldap_table(ldap_settings()), "ann"), "table people"));
}

// The library would wait for the rest of it for ever, and the table's end for the library.
TEST_F(Silent, ldap_that_says_half_of_an_answer_is_given_up_and_the_table_can_end) {
    std::vector<SocketHandle> clients;
    std::thread server([&] {
        for (int client = accept(socket_.get(), nullptr, nullptr); client >= 0;
             client = accept(socket_.get(), nullptr, nullptr)) {
            clients.emplace_back(client);
            constexpr std::string_view half = "\x30\x0c\x02";
            EXPECT_EQ(write(client, half.data(), half.size()), 3);
        }
    });
    EXPECT_TRUE(is_trouble(text_of(*make_ldap_table(ldap_settings()), "ann"), "table people"));
    shutdown(socket_.get(), SHUT_RDWR);
    server.join();
    EXPECT_FALSE(clients.empty());
}

}  // namespace
}  // namespace cursus
