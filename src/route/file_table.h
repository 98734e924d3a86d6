// A table in a file that is read whole, and again when it has changed: alias files, regular expressions.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/events.h"
#include "mail/target.h"
#include "runtime/event.h"
#include "runtime/reactor.h"
#include "runtime/settled_file.h"
#include "runtime/table.h"

namespace cursus {

struct FileRow {
    std::string value;
    std::uint32_t line = 0;
};

// One version of a file, read. Thread-safe.
class FileContent {
public:
    virtual ~FileContent() = default;
    virtual std::optional<FileRow> find(std::string_view key) const = 0;
};

struct ParsedFile {
    std::shared_ptr<const FileContent> content;
    std::vector<TargetError> warnings;
};
using ParseFile = std::function<Result<ParsedFile, TargetError>(std::string text)>;

struct FileTableNeeds {
    World& world;
    EventSink& events;
};

inline constexpr std::uint64_t table_file_bytes_max = std::uint64_t{64} * 1024 * 1024;
inline constexpr auto file_look_interval = std::chrono::seconds{1};

// What is looked up is never older than the file was a second before. A version that cannot be read, or that
// is being written, leaves the one before in force; a file that is gone does not: whatever it said, it says
// no more, and what it will say is not known, so that lookups fail for now. Disks are waited for without a
// limit of its own, as everywhere.
class FileTable final : public Table {
public:
    FileTable(const FileTableNeeds& needs, std::string name, std::string path, ParseFile parse);

    Task<TableAnswer> find(std::string key) override;
    const std::string& name() const override { return name_; }

private:
    using Content = std::shared_ptr<const FileContent>;
    struct Sight;

    bool is_fresh();
    Task<void> refresh();
    Sight look() const;
    Sight read(const FileFacts& facts) const;
    static Sight sight_of(NotRead not_read);
    void settle(Sight sight);
    void publish(Result<Content, std::string> current);
    void tell(const std::string& what);
    TableAnswer answer(std::string_view key);

    FileTableNeeds needs_;
    std::string name_, path_;
    ParseFile parse_;

    // What lookups on every reactor use.
    std::mutex mutex_;
    Result<Content, std::string> current_ = failure(std::string("was not read yet"));
    Instant next_look_;

    // The first reactor's own.
    Content good_;                   // the last version that could be read
    std::optional<FileFacts> seen_;  // of the last version that was read, good or not
    std::string why_broken_;         // the version seen_ is of, when it is not good_
    std::string told_;               // the last trouble, so that it is told once
    bool is_looking_ = false;
    Event looked_;
};

}  // namespace cursus
