// A table behind connections: what SQLite, PostgreSQL and LDAP have in common.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/lookup_pool.h"
#include "runtime/table.h"

namespace cursus {

enum class ConnectionState : std::uint8_t { Usable, Lost };
struct AskFailure {
    ConnectionState connection;
    std::string why;
};

// Used by one thread at a time.
class TableConnection {
public:
    virtual ~TableConnection() = default;
    // The values of the key as one list (adapters/table_values.h), by the deadline.
    virtual Result<std::optional<std::string>, AskFailure> ask(const std::string& key,
                                                               LookupDeadline deadline) = 0;
};
// Blocks until the deadline at most; called from several threads. The error is for people.
using ConnectTable =
    std::function<Result<std::unique_ptr<TableConnection>, std::string>(LookupDeadline deadline)>;

// Of several hosts each has its share of the time, so that one that is silent does not hide those behind it:
// connects to the first that lets us. `hosts` is not empty.
template <class Host, class Connection>
Result<std::unique_ptr<Connection>, std::string> connect_to_any(
    const std::vector<Host>& hosts, LookupDeadline deadline,
    const std::function<Result<std::unique_ptr<Connection>, std::string>(const Host&, LookupDeadline)>&
        connect) {
    std::string trouble;
    for (auto left = static_cast<int>(hosts.size()); const Host& host : hosts) {
        const auto now = LookupDeadline::clock::now();
        auto connection = connect(host, now + (deadline - now) / left--);
        if (connection) return connection;
        if (!trouble.empty()) trouble += "; ";
        trouble += connection.error();
    }
    return failure(std::move(trouble));
}

// Failed connecting is not repeated by every message that comes: for a while, which grows, they are all told
// what the first was.
class ConnectPause {
public:
    std::optional<std::string> reason();  // nullopt: connect
    void failed(const std::string& why);
    void succeeded();

private:
    std::mutex mutex_;
    std::string why_;
    LookupDeadline until_{};
    std::chrono::milliseconds next_{};
};

class DatabaseTable final : public Table {
public:
    DatabaseTable(std::string name, Duration time_max, ConnectTable connect)
        : name_(std::move(name)), connect_(std::move(connect)), pool_(name_, time_max) {}

    Task<TableAnswer> find(std::string key) override;
    const std::string& name() const override { return name_; }

private:
    using Connection = std::unique_ptr<TableConnection>;
    using Asked = Result<std::optional<std::string>, AskFailure>;

    TableAnswer look_up(const std::string& key, LookupDeadline deadline);
    Asked ask(const std::string& key, LookupDeadline deadline);
    Asked ask_over(Connection connection, const std::string& key, LookupDeadline deadline);
    Connection take_idle();

    std::string name_;
    ConnectTable connect_;
    ConnectPause pause_;
    std::mutex mutex_;
    std::vector<Connection> idle_;  // never more than the pool has threads
    LookupPool pool_;               // the last: its threads use all of the above
};

}  // namespace cursus
