// Every kind of table in the real world, held to the contract.
#include "tests/contracts/table_contract.h"

#include <cdb.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "adapters/cdb_table.h"
#include "adapters/ldap_table.h"
#include "adapters/postgresql_table.h"
#include "adapters/real_world.h"
#include "adapters/sqlite_table.h"
#include "adapters/tests/database_servers.h"
#include "route/alias_table.h"
#include "route/regex_table.h"
#include "tests/contracts/table_texts.h"

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr auto lookup_time = 60s;

class NoEvents final : public EventSink {
public:
    void emit(MailEvent) noexcept override {}
};

class InRealWorld : public TableUnderTest {
public:
    std::vector<Reactor*> reactors() override { return real_->world().reactors; }
    void run(Task<void> task) override { real_->reactors().run(std::move(task)); }

protected:
    static std::unique_ptr<RealWorld> make_world() {
        RealWorldSettings settings;
        settings.reactors = 3;
        settings.dns.servers = {Endpoint{IpAddress::v4({127, 0, 0, 1}), 9}};  // nobody asks
        auto made = RealWorld::make(std::move(settings));
        if (!made) throw std::runtime_error(made.error());
        return *std::move(made);
    }
    std::unique_ptr<RealWorld> real_ = make_world();
};

// A list in a file, put in its place as a whole.
class InFile : public InRealWorld {
public:
    void take_away() override { std::filesystem::rename(path_, path_ + ".away"); }
    void bring_back() override { std::filesystem::rename(path_ + ".away", path_); }

protected:
    void put(const std::string& made) { std::filesystem::rename(made, path_); }
    void write(std::string_view text) {
        std::ofstream(path_ + ".new") << text;
        put(path_ + ".new");
    }
    FileTableNeeds needs() { return {real_->world(), events_}; }

    ScratchDirectory directory_;
    std::string path_ = directory_.path() + "/list";
    NoEvents events_;
};

class AliasesInFile final : public InFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { write(alias_text(contents)); }

private:
    std::shared_ptr<Table> table_ = make_alias_table(needs(), "people", path_);
};

class RegexInFile final : public InFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { write(regex_text(contents)); }

private:
    std::shared_ptr<Table> table_ = make_regex_table(needs(), "people", path_);
};

enum class CdbKeys : std::uint8_t { Plain, Terminated };

template <CdbKeys Keys>
class InCdb final : public InFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override {
        const std::string made = path_ + ".new";
        const int file = open(made.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
        cdb_make make{};
        cdb_make_start(&make, file);
        constexpr unsigned extra = Keys == CdbKeys::Terminated ? 1 : 0;
        for (const auto& [key, values] : contents) {
            const std::string value = values_text(values);
            cdb_make_add(&make, key.c_str(), static_cast<unsigned>(key.size()) + extra, value.c_str(),
                         static_cast<unsigned>(value.size()) + extra);
        }
        EXPECT_EQ(cdb_make_finish(&make), 0);
        close(file);
        put(made);
    }

private:
    std::shared_ptr<Table> table_ = make_cdb_table({"people", path_, lookup_time});
};

class InSqlite final : public InFile {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override {
        const std::string made = path_ + ".new";
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(made.c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, "CREATE TABLE aliases (name TEXT, target TEXT)", nullptr, nullptr,
                               nullptr),
                  SQLITE_OK);
        sqlite3_stmt* insert = nullptr;
        sqlite3_prepare_v2(database, "INSERT INTO aliases VALUES (?, ?)", -1, &insert, nullptr);
        for (const auto& [key, values] : contents) {
            for (const auto& value : values) {
                sqlite3_bind_text(insert, 1, key.c_str(), -1, SQLITE_TRANSIENT);
                sqlite3_bind_text(insert, 2, value.c_str(), -1, SQLITE_TRANSIENT);
                EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
                sqlite3_reset(insert);
            }
        }
        sqlite3_finalize(insert);
        sqlite3_close(database);
        put(made);
    }

private:
    std::shared_ptr<Table> table_ = make_sqlite_table(
        {"people", path_, "SELECT target FROM aliases WHERE name = :key ORDER BY rowid", lookup_time});
};

class InPostgresql final : public InRealWorld {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { server_.fill(contents); }
    void take_away() override { server_.stop(); }
    void bring_back() override { server_.start(); }

private:
    PostgresqlServer server_;
    std::shared_ptr<Table> table_ =
        make_postgresql_table({"people", server_.connection(),
                               "SELECT target FROM aliases WHERE name = $1 ORDER BY target", lookup_time})
            .value();
};

class LdapTables final : public InRealWorld {
public:
    Table& table() override { return *table_; }
    void fill(const TableContents& contents) override { server_.fill(contents); }
    void take_away() override { server_.stop(); }
    void bring_back() override { server_.start(); }

private:
    LdapTableSettings settings() {
        LdapTableSettings settings;
        settings.name = "people";
        settings.uri = server_.uri();
        settings.base = LdapServer::base;
        settings.filter = "(&(objectClass=inetOrgPerson)(uid={key}))";
        settings.attribute = "mail";
        settings.bind_dn = LdapServer::root_dn;
        settings.password_file = directory_.path() + "/password";
        settings.time_max = lookup_time;
        write_secret(settings.password_file, std::string(LdapServer::root_password) + '\n');
        return settings;
    }

    ScratchDirectory directory_;
    LdapServer server_;
    std::shared_ptr<Table> table_ = make_ldap_table(settings());
};

template <class T>
std::unique_ptr<TableUnderTest> make() {
    return std::make_unique<T>();
}

INSTANTIATE_TEST_SUITE_P(Aliases, TableContract, testing::Values(MakeTable{make<AliasesInFile>}));
INSTANTIATE_TEST_SUITE_P(Regex, TableContract, testing::Values(MakeTable{make<RegexInFile>}));
INSTANTIATE_TEST_SUITE_P(Cdb, TableContract, testing::Values(MakeTable{make<InCdb<CdbKeys::Plain>>}));
INSTANTIATE_TEST_SUITE_P(CdbTerminated, TableContract,
                         testing::Values(MakeTable{make<InCdb<CdbKeys::Terminated>>}));
INSTANTIATE_TEST_SUITE_P(Sqlite, TableContract, testing::Values(MakeTable{make<InSqlite>}));
INSTANTIATE_TEST_SUITE_P(Postgresql, TableContract, testing::Values(MakeTable{make<InPostgresql>}));
INSTANTIATE_TEST_SUITE_P(Ldap, TableContract, testing::Values(MakeTable{make<LdapTables>}));

}  // namespace
}  // namespace cursus
