// A real PostgreSQL and a real slapd on local sockets, for the tables' tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/tests/peer_process.h"
#include "adapters/tests/test_ca.h"
#include "tests/contracts/table_under_test.h"

namespace cursus {

// A cluster with the table "aliases" of "name" and "target", both text.
class PostgresqlServer {
public:
    PostgresqlServer();  // made and started
    ~PostgresqlServer() { stop(); }

    void start();  // returns when it answers; throws when it does not
    void stop();
    void fill(const TableContents& contents);
    void execute(const std::string& statements);
    std::string connection() const;  // libpq's string

private:
    ScratchDirectory directory_;
    PeerProcess process_;
};

// A file that its owner alone may read.
void write_secret(const std::string& path, std::string_view text);

// Entries below dc=example,dc=org: the key is "uid", the values are "mail".
class LdapServer {
public:
    // `settings`: lines of slapd.conf before the database's.
    explicit LdapServer(std::string_view settings = "");
    ~LdapServer() { stop(); }

    void start();
    void stop() { process_.stop(); }
    void fill(const TableContents& contents);
    struct Person {
        std::string name;
        std::vector<std::string> uids;
        std::string password;  // empty: none
    };
    void add(const Person& person);
    std::string uri() const;  // ldapi
    static constexpr const char* base = "dc=example,dc=org";
    static constexpr const char* root_dn = "cn=root,dc=example,dc=org";
    static constexpr const char* root_password = "a secret";

private:
    ScratchDirectory directory_;
    PeerProcess process_;
};

}  // namespace cursus
