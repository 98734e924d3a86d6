#include "adapters/postgresql_table.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "adapters/database_table.h"
#include "adapters/table_values.h"
#include "base/free_by.h"

namespace cursus {
namespace {

// Of one answer, framing included. libpq has no bound of its own.
constexpr std::uint64_t answer_bytes_max = 4 * table_value_bytes_max;

using Connection = std::unique_ptr<PGconn, FreeBy<PQfinish>>;
using Rows = std::unique_ptr<PGresult, FreeBy<PQclear>>;

std::string one_line(std::string_view message) {
    return std::string(message.substr(0, message.find('\n')));
}

// False when the deadline comes first.
bool wait_for(PGconn* connection, short events, LookupDeadline deadline) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd source{PQsocket(connection), events, 0};
        const int ready = poll(&source, 1, static_cast<int>(left.count()));
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
    }
}

class PostgresqlConnection final : public TableConnection {
public:
    PostgresqlConnection(Connection connection, std::string query)
        : connection_(std::move(connection)), query_(std::move(query)) {}

    Result<std::optional<std::string>, AskFailure> ask(const std::string& key,
                                                       LookupDeadline deadline) override {
        const std::array<const char*, 1> parameters{key.c_str()};
        const int sent = PQsendQueryParams(connection_.get(), query_.c_str(), 1, nullptr, parameters.data(),
                                           nullptr, nullptr, 0);
        if (sent == 0) return lost(one_line(PQerrorMessage(connection_.get())));
        PQsetSingleRowMode(connection_.get());
        return read_answers(deadline);
    }

    // What no lookup may exceed on the server either.
    Result<void, std::string> limit(Duration time_max, LookupDeadline deadline) {
        const auto statements =
            fmt::format("SET statement_timeout = {}; SET default_transaction_read_only = on",
                        std::chrono::duration_cast<std::chrono::milliseconds>(time_max).count());
        if (PQsendQuery(connection_.get(), statements.c_str()) == 0)
            return failure(one_line(PQerrorMessage(connection_.get())));
        if (auto answered = read_answers(deadline); !answered) return failure(answered.error().why);
        return {};
    }

private:
    using Asked = Result<std::optional<std::string>, AskFailure>;

    static std::unexpected<AskFailure> lost(std::string why) {
        return failure(AskFailure{ConnectionState::Lost, std::move(why)});
    }

    Asked read_answers(LookupDeadline deadline) {
        TableValues values;
        std::uint64_t received = 0;
        std::string refused;
        for (;;) {
            if (auto why = await_answer(deadline, received); !why.empty()) return lost(std::move(why));
            const Rows answer(PQgetResult(connection_.get()));
            if (!answer) break;
            switch (PQresultStatus(answer.get())) {
                case PGRES_SINGLE_TUPLE:
                case PGRES_TUPLES_OK:
                    if (auto added = add_rows(*answer, values); !added) return lost(added.error());
                    break;
                case PGRES_COMMAND_OK:
                    break;
                case PGRES_FATAL_ERROR:
                    refused = one_line(PQresultErrorMessage(answer.get()));
                    break;
                default:  // an empty query, or a copy: nothing that ends by itself
                    return lost("the query is to give rows");
            }
        }
        if (PQstatus(connection_.get()) != CONNECTION_OK) return lost(std::move(refused));
        if (!refused.empty()) return failure(AskFailure{ConnectionState::Usable, std::move(refused)});
        return values.take();
    }

    // Returns why there will be none, or nothing.
    std::string await_answer(LookupDeadline deadline, std::uint64_t& received) {
        while (PQisBusy(connection_.get()) != 0) {
            if (!wait_for(connection_.get(), POLLIN, deadline)) return "no answer in time";
            int pending = 0;
            ioctl(PQsocket(connection_.get()), FIONREAD, &pending);
            received += static_cast<std::uint64_t>(pending);
            if (received > answer_bytes_max) return fmt::format("more than {} octets", answer_bytes_max);
            if (PQconsumeInput(connection_.get()) == 0) return one_line(PQerrorMessage(connection_.get()));
        }
        return {};
    }

    static Result<void, std::string> add_rows(const PGresult& answer, TableValues& values) {
        if (PQnfields(&answer) != 1) return failure(std::string("the query is to give one column"));
        for (int row = 0; row < PQntuples(&answer); ++row) {
            const auto size = static_cast<std::size_t>(PQgetlength(&answer, row, 0));  // NULL has none
            TRY_VOID(values.add({PQgetvalue(&answer, row, 0), size}));
        }
        return {};
    }

    Connection connection_;
    std::string query_;
};

// What libpq is told, for one host.
using Parameters = std::map<std::string, std::string, std::less<>>;

// Items may be empty, the last one too: libpq's own idea is meant then.
std::vector<std::string> items_of(const std::string& list) {
    std::vector<std::string> items(1);
    for (const char c : list) {
        if (c == ',')
            items.emplace_back();
        else
            items.back() += c;
    }
    return items;
}

// libpq passes over a host that refuses, and waits for one that is silent. So they are tried one by one.
std::vector<Parameters> by_host(const PQconninfoOption* options) {
    Parameters common{{"fallback_application_name", "cursus"}};
    for (; options->keyword != nullptr; ++options)
        if (options->val != nullptr) common.insert_or_assign(options->keyword, options->val);
    common["client_encoding"] = "UTF8";  // as our keys are
    const auto names = items_of(common["host"]), addresses = items_of(common["hostaddr"]),
               ports = items_of(common["port"]);
    std::vector<Parameters> hosts;
    for (std::size_t i = 0; i < std::max(names.size(), addresses.size()); ++i) {
        Parameters host = common;
        host["host"] = i < names.size() ? names[i] : "";
        host["hostaddr"] = i < addresses.size() ? addresses[i] : "";
        host["port"] = ports[std::min(i, ports.size() - 1)];  // one is that of them all
        hosts.push_back(std::move(host));
    }
    return hosts;
}

Result<Connection, std::string> start(const Parameters& parameters, LookupDeadline deadline) {
    std::vector<const char*> names, values;
    for (const auto& [name, value] : parameters) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    Connection connection(PQconnectStartParams(names.data(), values.data(), 0));
    if (!connection) return failure(std::string("no memory for a connection"));
    PQsetNoticeReceiver(connection.get(), [](void*, const PGresult*) {}, nullptr);
    auto next = PGRES_POLLING_WRITING;
    while (PQstatus(connection.get()) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
           next != PGRES_POLLING_FAILED) {
        const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!wait_for(connection.get(), events, deadline))
            return failure(std::string("no connection in time"));
        next = PQconnectPoll(connection.get());
    }
    if (PQstatus(connection.get()) != CONNECTION_OK)
        return failure(one_line(PQerrorMessage(connection.get())));
    return connection;
}

Result<std::unique_ptr<TableConnection>, std::string> connect(const PostgresqlTableSettings& settings,
                                                              const Parameters& host,
                                                              LookupDeadline deadline) {
    TRY(started, start(host, deadline));
    auto connection = std::make_unique<PostgresqlConnection>(std::move(started), settings.query);
    TRY_VOID(connection->limit(settings.time_max, deadline));
    return connection;
}

}  // namespace

Result<std::shared_ptr<Table>, std::string> make_postgresql_table(const PostgresqlTableSettings& settings) {
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeBy<PQconninfoFree>> options(
        PQconninfoParse(settings.connection.c_str(), &error));
    const std::unique_ptr<char, void (*)(void*)> message(error, PQfreemem);
    if (!options)
        return failure(fmt::format("table {}: connection: {}", settings.name,
                                   message ? one_line(message.get()) : "it cannot be read"));
    return std::make_shared<DatabaseTable>(
        settings.name, settings.time_max,
        [settings, hosts = by_host(options.get())](LookupDeadline deadline) {
            return connect_to_any<Parameters, TableConnection>(
                hosts, deadline,
                [&](const Parameters& host, LookupDeadline share) { return connect(settings, host, share); });
        });
}

}  // namespace cursus
