#include "adapters/tests/database_servers.h"

#include <ldap.h>
#include <libpq-fe.h>
#include <signal.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace cursus {
namespace {

using namespace std::chrono_literals;

constexpr auto start_time_max = 60s;

template <class Question>
void await_answer(const std::string& who, Question answers) {
    const auto until = std::chrono::steady_clock::now() + start_time_max;
    while (!answers()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error(who + " does not answer");
        std::this_thread::sleep_for(50ms);
    }
}

std::string postgresql(const std::string& program) {
    return peers_directory() + "/postgresql-15/usr/lib/postgresql/15/bin/" + program;
}

// ---- slapd

constexpr std::string_view slapd_settings = R"(
include {0}/etc/ldap/schema/core.schema
include {0}/etc/ldap/schema/cosine.schema
include {0}/etc/ldap/schema/inetorgperson.schema
modulepath {0}/usr/lib/ldap
moduleload back_mdb
pidfile {1}/pid
argsfile {1}/arguments
{2}
database mdb
suffix "dc=example,dc=org"
rootdn "cn=root,dc=example,dc=org"
rootpw "a secret"
directory {1}/database
maxsize 10485760
dbnosync
)";

using Session = std::unique_ptr<LDAP, int (*)(LDAP*)>;

int close_session(LDAP* session) {
    return ldap_unbind_ext(session, nullptr, nullptr);
}

Session bound_session(const std::string& uri) {
    LDAP* opened = nullptr;
    if (ldap_initialize(&opened, uri.c_str()) != LDAP_SUCCESS) return {nullptr, close_session};
    Session session(opened, close_session);
    const int version = LDAP_VERSION3;
    ldap_set_option(opened, LDAP_OPT_PROTOCOL_VERSION, &version);
    std::string password = LdapServer::root_password;
    berval credentials{password.size(), password.data()};
    const int code = ldap_sasl_bind_s(opened, LdapServer::root_dn, LDAP_SASL_SIMPLE, &credentials, nullptr,
                                      nullptr, nullptr);
    return code == LDAP_SUCCESS ? std::move(session) : Session{nullptr, close_session};
}

struct Attribute {
    std::string name;
    std::vector<std::string> values;
};

void add_entry(LDAP* session, const std::string& dn, std::vector<Attribute> attributes) {
    std::vector<std::vector<char*>> values;
    std::vector<LDAPMod> changes;
    for (auto& attribute : attributes) {
        auto& pointers = values.emplace_back();
        for (auto& value : attribute.values) pointers.push_back(value.data());
        pointers.push_back(nullptr);
        LDAPMod change{};
        change.mod_op = LDAP_MOD_ADD;
        change.mod_type = attribute.name.data();
        change.mod_values = pointers.data();
        changes.push_back(change);
    }
    std::vector<LDAPMod*> list;
    for (auto& change : changes) list.push_back(&change);
    list.push_back(nullptr);
    const int code = ldap_add_ext_s(session, dn.c_str(), list.data(), nullptr, nullptr);
    if (code != LDAP_SUCCESS) throw std::runtime_error(dn + ": " + ldap_err2string(code));
}

void remove_below(LDAP* session, const std::string& base) {
    LDAPMessage* found = nullptr;
    ldap_search_ext_s(session, base.c_str(), LDAP_SCOPE_ONELEVEL, "(objectClass=*)", nullptr, 0, nullptr,
                      nullptr, nullptr, 0, &found);
    for (auto* entry = ldap_first_entry(session, found); entry != nullptr;
         entry = ldap_next_entry(session, entry)) {
        char* dn = ldap_get_dn(session, entry);
        ldap_delete_ext_s(session, dn, nullptr, nullptr);
        ldap_memfree(dn);
    }
    ldap_msgfree(found);
}

}  // namespace

void write_secret(const std::string& path, std::string_view text) {
    std::ofstream(path) << text;
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

PostgresqlServer::PostgresqlServer() {
    give_to_nobody(directory_.path());
    const std::string log = directory_.path() + "/log";
    const int made =
        run_to_end(as_nobody({postgresql("initdb"), "-D", directory_.path() + "/data", "-A", "trust", "-U",
                              "postgres", "--no-sync", "-E", "UTF8", "--locale=C", "--no-instructions"}),
                   log);
    if (made != 0) throw std::runtime_error("initdb fails");
    start();
    execute("CREATE TABLE aliases (name text, target text)");
}

void PostgresqlServer::start() {
    process_.start(as_nobody({postgresql("postgres"), "-D", directory_.path() + "/data", "-k",
                              directory_.path(), "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                              "jit=off", "-c", "max_connections=20", "-c", "shared_buffers=1MB"}),
                   directory_.path() + "/log");
    await_answer("postgres", [this] { return PQping(connection().c_str()) == PQPING_OK; });
}

void PostgresqlServer::stop() {
    process_.stop(SIGQUIT);  // at once, and its children with it
}

std::string PostgresqlServer::connection() const {
    return fmt::format("host={} user=postgres dbname=postgres", directory_.path());
}

void PostgresqlServer::execute(const std::string& statements) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> session(PQconnectdb(connection().c_str()), PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(session.get(), statements.c_str()),
                                                                PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(session.get()));
}

void PostgresqlServer::fill(const TableContents& contents) {
    std::string statements = "BEGIN; DELETE FROM aliases; ";
    for (const auto& [key, values] : contents) {
        for (const auto& value : values)
            statements += fmt::format("INSERT INTO aliases VALUES ($k${}$k$, $v${}$v$); ", key, value);
    }
    execute(statements + "COMMIT");
}

LdapServer::LdapServer(std::string_view settings) {
    std::filesystem::create_directory(directory_.path() + "/database");
    std::ofstream(directory_.path() + "/slapd.conf") << fmt::format(
        fmt::runtime(slapd_settings), peers_directory() + "/slapd", directory_.path(), settings);
    start();
    const auto session = bound_session(uri());
    add_entry(session.get(), base,
              {{"objectClass", {"dcObject", "organization"}}, {"dc", {"example"}}, {"o", {"example"}}});
}

void LdapServer::start() {
    process_.start({peers_directory() + "/slapd/usr/sbin/slapd", "-f", directory_.path() + "/slapd.conf",
                    "-h", uri(), "-d", "0"},
                   directory_.path() + "/log",
                   "LD_LIBRARY_PATH=" + peers_directory() + "/slapd" CURSUS_PEER_LIBRARIES);
    await_answer("slapd", [this] { return bound_session(uri()) != nullptr; });
}

std::string LdapServer::uri() const {
    std::string path;
    for (const char c : directory_.path() + "/socket")
        path += c == '/' ? std::string("%2F") : std::string(1, c);
    return "ldapi://" + path;
}

void LdapServer::fill(const TableContents& contents) {
    const auto session = bound_session(uri());
    remove_below(session.get(), base);
    int number = 0;
    for (const auto& [key, values] : contents) {
        const std::string name = fmt::format("entry {}", ++number);
        add_entry(session.get(), fmt::format("cn={},{}", name, base),
                  {{"objectClass", {"inetOrgPerson"}},
                   {"cn", {name}},
                   {"sn", {name}},
                   {"uid", {key}},
                   {"mail", values}});
    }
}

void LdapServer::add(const Person& person) {
    const auto session = bound_session(uri());
    std::vector<Attribute> attributes{{"objectClass", {"inetOrgPerson"}},
                                      {"cn", {person.name}},
                                      {"sn", {person.name}},
                                      {"uid", person.uids}};
    if (!person.password.empty()) attributes.push_back({"userPassword", {person.password}});
    add_entry(session.get(), fmt::format("cn={},{}", person.name, base), std::move(attributes));
}

}  // namespace cursus
