#include "adapters/sqlite_table.h"

#include <sqlite3.h>

#include <fmt/format.h>

#include "adapters/database_table.h"
#include "adapters/posix_files.h"
#include "adapters/table_values.h"

namespace cursus {
namespace {

constexpr int steps_between_looks_at_the_time = 10'000;

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

// Gives the statement back in a state in which it holds no lock and no key.
class StatementUse {
public:
    explicit StatementUse(sqlite3_stmt* statement) : statement_(statement) {}
    ~StatementUse() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    StatementUse(const StatementUse&) = delete;
    StatementUse& operator=(const StatementUse&) = delete;

private:
    sqlite3_stmt* statement_;
};

class SqliteConnection final : public TableConnection {
public:
    SqliteConnection(std::string path, FileFacts facts, Database database, Statement statement)
        : path_(std::move(path)),
          facts_(facts),
          database_(std::move(database)),
          statement_(std::move(statement)) {
        sqlite3_progress_handler(database_.get(), steps_between_looks_at_the_time, is_late, this);
    }

    Result<std::optional<std::string>, AskFailure> ask(const std::string& key,
                                                       LookupDeadline deadline) override {
        if (is_replaced())
            return failure(AskFailure{ConnectionState::Lost, fmt::format("{}: it was replaced", path_)});
        deadline_ = deadline;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        sqlite3_busy_timeout(database_.get(), static_cast<int>(left.count()));
        const StatementUse use(statement_.get());
        // TEXT, as the columns are that it is compared with; the key outlives the use.
        const int bound =
            sqlite3_bind_text64(statement_.get(), 1, key.data(), key.size(), SQLITE_STATIC, SQLITE_UTF8);
        return bound == SQLITE_OK ? read_rows() : failed(bound);
    }

private:
    using Asked = Result<std::optional<std::string>, AskFailure>;

    static int is_late(void* self) {
        return std::chrono::steady_clock::now() >= static_cast<SqliteConnection*>(self)->deadline_ ? 1 : 0;
    }

    bool is_replaced() const {
        const auto facts = PosixFiles().facts(path_);
        return !facts || facts->device != facts_.device || facts->inode != facts_.inode;
    }

    Asked read_rows() {
        TableValues values;
        for (;;) {
            const int stepped = sqlite3_step(statement_.get());
            if (stepped == SQLITE_DONE) return values.take();
            if (stepped != SQLITE_ROW) return failed(stepped);
            // In this order: the text's conversion may change the size.
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), 0));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), 0));
            if (text == nullptr) continue;
            if (auto added = values.add({text, size}); !added)
                return failure(AskFailure{ConnectionState::Usable, std::move(added).error()});
        }
    }

    Asked failed(int code) const {
        const bool is_only_late = code == SQLITE_BUSY || code == SQLITE_INTERRUPT || code == SQLITE_TOOBIG;
        return failure(AskFailure{is_only_late ? ConnectionState::Usable : ConnectionState::Lost,
                                  fmt::format("{}: {}", path_, sqlite3_errmsg(database_.get()))});
    }

    std::string path_;
    FileFacts facts_;
    LookupDeadline deadline_{};
    Database database_;
    Statement statement_;  // ends before the database does
};

// The file may have been made by anyone: nothing in it may do more than hold data.
void distrust(sqlite3* database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(table_value_bytes_max));
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

Result<Statement, std::string> prepare(sqlite3* database, const std::string& query) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(database, query.data(), static_cast<int>(query.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    Statement statement(prepared);
    if (code != SQLITE_OK) return failure(std::string(sqlite3_errmsg(database)));
    const std::string_view behind(rest, query.data() + query.size());
    if (!statement || behind.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        return failure(std::string("the query is to be one statement"));
    if (sqlite3_bind_parameter_count(prepared) != 1 ||
        std::string_view(sqlite3_bind_parameter_name(prepared, 1)) != ":key")
        return failure(std::string("the query's one parameter is to be :key"));
    if (sqlite3_column_count(prepared) != 1) return failure(std::string("the query is to give one column"));
    if (sqlite3_stmt_readonly(prepared) == 0) return failure(std::string("the query is to change nothing"));
    return statement;
}

Result<std::unique_ptr<TableConnection>, std::string> connect(const SqliteTableSettings& settings,
                                                              LookupDeadline deadline) {
    // Before it is opened: should it be replaced in between, the next lookup sees that.
    const auto facts = PosixFiles().facts(settings.path);
    if (!facts) return failure(facts.error().what);
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(settings.path.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(opened);
    if (code != SQLITE_OK) return failure(fmt::format("opening {}: {}", settings.path, sqlite3_errstr(code)));
    distrust(database.get());
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    sqlite3_busy_timeout(database.get(), static_cast<int>(left.count()));
    auto statement = prepare(database.get(), settings.query);
    if (!statement) return failure(fmt::format("{}: {}", settings.path, statement.error()));
    return std::make_unique<SqliteConnection>(settings.path, *facts, std::move(database),
                                              *std::move(statement));
}

}  // namespace

std::shared_ptr<Table> make_sqlite_table(const SqliteTableSettings& settings) {
    return std::make_shared<DatabaseTable>(
        settings.name, settings.time_max,
        [settings](LookupDeadline deadline) { return connect(settings, deadline); });
}

}  // namespace cursus
