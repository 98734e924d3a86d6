#include "adapters/cdb_table.h"

#include <cdb.h>
#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "adapters/lookup_pool.h"
#include "adapters/socket_handle.h"
#include "adapters/table_values.h"

namespace cursus {
namespace {

using Found = Result<std::optional<std::string>, std::string>;

std::string reason(std::string_view operation, const std::string& path) {
    const int error = errno;
    // What tinycdb says of a database that makes no sense, or ends too early.
    const bool is_damaged = error == EPROTO || error == EIO;
    return fmt::format("{} {}: {}", operation, path,
                       is_damaged ? "it is no cdb, or damaged" : std::system_category().message(error));
}

Found value_of(int database, const std::string& path, unsigned size) {
    if (size > table_value_bytes_max)
        return failure(fmt::format("a value of more than {} octets", table_value_bytes_max));
    std::string value(size, '\0');
    if (cdb_bread(database, value.data(), static_cast<int>(size)) != 0)
        return failure(reason("reading", path));
    if (value.ends_with('\0')) value.pop_back();
    TableValues values;
    TRY_VOID(values.add(value));
    return values.take();
}

Found find_in(const std::string& path, std::string key) {
    const SocketHandle database(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!database) return failure(reason("opening", path));
    for (int terminated = 0; terminated < 2; ++terminated) {
        unsigned size = 0;
        const int found = cdb_seek(database.get(), key.data(), static_cast<unsigned>(key.size()), &size);
        if (found < 0) return failure(reason("searching", path));
        if (found > 0) return value_of(database.get(), path, size);
        key.push_back('\0');
    }
    return std::nullopt;
}

class CdbTable final : public Table {
public:
    explicit CdbTable(const CdbTableSettings& settings)
        : name_(settings.name), path_(settings.path), pool_(settings.name, settings.time_max) {}

    Task<TableAnswer> find(std::string key) override {
        if (!can_be_key(key)) co_return std::nullopt;
        LookupPool::Work work = [this, wanted = std::move(key)](LookupDeadline) { return look_up(wanted); };
        co_return co_await pool_.run(std::move(work));
    }
    const std::string& name() const override { return name_; }

private:
    TableAnswer look_up(const std::string& key) const {
        auto found = find_in(path_, key);
        if (!found) return failure(TableTrouble{fmt::format("table {}: {}", name_, found.error())});
        if (!*found) return std::nullopt;
        return TableRow{**std::move(found), fmt::format("table {}", name_), 0};
    }

    std::string name_, path_;
    LookupPool pool_;  // the last: its threads use all of the above
};

}  // namespace

std::shared_ptr<Table> make_cdb_table(const CdbTableSettings& settings) {
    return std::make_shared<CdbTable>(settings);
}

}  // namespace cursus
