#include "route/file_table.h"

#include <utility>

#include <fmt/format.h>

#include "runtime/offload.h"
#include "runtime/task_group.h"

namespace cursus {

// What one look at the file brought.
struct FileTable::Sight {
    enum class Kind : std::uint8_t {
        Same,       // as it was when it was last read
        Unsettled,  // it changes, or has just changed
        Absent,
        Unreadable,  // and may be readable the next time without a change that can be seen
        Broken,
        Read,
    };
    Kind kind;
    std::string why;                 // for people; of Read: a warning, or nothing
    std::optional<FileFacts> facts;  // of Broken and Read
    Content content;                 // of Read
};

FileTable::FileTable(const FileTableNeeds& needs, std::string name, std::string path, ParseFile parse)
    : needs_(needs),
      name_(std::move(name)),
      path_(std::move(path)),
      parse_(std::move(parse)),
      next_look_(needs.world.reactors.front()->clock().now()) {}

Task<TableAnswer> FileTable::find(std::string key) {
    if (!is_fresh()) {
        Executor home = needs_.world.reactors.front()->executor();
        co_await run_on(std::move(home), refresh());
    }
    co_return answer(key);
}

bool FileTable::is_fresh() {
    const Instant now = needs_.world.reactors.front()->clock().now();
    const std::lock_guard lock(mutex_);
    return now < next_look_;
}

TableAnswer FileTable::answer(std::string_view key) {
    Result<Content, std::string> current;
    {
        const std::lock_guard lock(mutex_);
        current = current_;
    }
    if (!current) return failure(TableTrouble{fmt::format("table {}: {}", name_, current.error())});
    auto row = (*current)->find(key);
    if (!row) return std::nullopt;
    return TableRow{std::move(row->value), fmt::format("{}:{}", path_, row->line), row->line};
}

// On the first reactor. Of all who come while one looks, each waits for what it sees.
Task<void> FileTable::refresh() {
    if (is_looking_) {
        co_await looked_.wait();
        co_return;
    }
    if (is_fresh()) co_return;
    is_looking_ = true;
    Clock& clock = needs_.world.reactors.front()->clock();
    const Instant give_up = clock.now() + file_settle_wait;
    for (;;) {
        Sight sight = co_await offload(needs_.world.offload, [this] { return look(); });
        const bool is_worth_waiting = sight.kind == Sight::Kind::Unsettled && !good_ && clock.now() < give_up;
        if (!is_worth_waiting) {
            settle(std::move(sight));
            break;
        }
        co_await clock.sleep_for(file_settle_look_interval);
    }
    is_looking_ = false;
    looked_.pulse();
}

// On the pool, while the first reactor's task waits for it.
FileTable::Sight FileTable::look() const {
    const auto facts = needs_.world.files.facts(path_);
    if (!facts) return {Sight::Kind::Absent, facts.error().what, {}, {}};
    if (seen_ == *facts) return {Sight::Kind::Same, {}, {}, {}};
    const WallTime now = needs_.world.reactors.front()->clock().wall_now();
    if (auto settled = check_settled(*facts, path_, now); !settled)
        return sight_of(std::move(settled).error());
    return read(*facts);
}

FileTable::Sight FileTable::read(const FileFacts& facts) const {
    auto text = read_unchanged(needs_.world.files, path_, facts, table_file_bytes_max);
    if (!text) return sight_of(std::move(text).error());
    auto parsed = parse_(*std::move(text));
    if (!parsed) {
        return {Sight::Kind::Broken,
                fmt::format("{}:{}: {}", path_, parsed.error().line, parsed.error().what),
                facts,
                {}};
    }
    std::string warning;
    if (!parsed->warnings.empty()) {
        const auto& first = parsed->warnings.front();
        warning = fmt::format("{}:{}: {}", path_, first.line, first.what);
        if (parsed->warnings.size() > 1)
            warning += fmt::format("; {} more like it", parsed->warnings.size() - 1);
    }
    return {Sight::Kind::Read, std::move(warning), facts, std::move(parsed->content)};
}

FileTable::Sight FileTable::sight_of(NotRead not_read) {
    const bool is_settled = not_read.kind == NotRead::Kind::Unreadable;
    return {is_settled ? Sight::Kind::Unreadable : Sight::Kind::Unsettled, std::move(not_read.why), {}, {}};
}

void FileTable::settle(Sight sight) {
    const auto last_good = [this](const std::string& otherwise) -> Result<Content, std::string> {
        if (!good_) return failure(otherwise);
        return good_;
    };
    switch (sight.kind) {
        case Sight::Kind::Same:
            told_.clear();
            publish(last_good(why_broken_));
            return;
        case Sight::Kind::Unsettled:
            publish(last_good(sight.why));
            return;
        case Sight::Kind::Absent:
            tell(sight.why);
            publish(failure(std::move(sight.why)));
            return;
        case Sight::Kind::Broken:
            seen_ = sight.facts;
            why_broken_ = sight.why;
            [[fallthrough]];
        case Sight::Kind::Unreadable:
            tell(sight.why);
            publish(last_good(sight.why));
            return;
        case Sight::Kind::Read:
            seen_ = sight.facts;
            good_ = std::move(sight.content);
            told_.clear();
            tell(sight.why);
            publish(good_);
            return;
    }
}

void FileTable::publish(Result<Content, std::string> current) {
    const Instant now = needs_.world.reactors.front()->clock().now();
    const std::lock_guard lock(mutex_);
    current_ = std::move(current);
    next_look_ = now + file_look_interval;
}

void FileTable::tell(const std::string& what) {
    if (what == told_) return;
    told_ = what;
    const WallTime at = needs_.world.reactors.front()->clock().wall_now();
    needs_.events.emit({at, {}, {}, Trouble{"table", what}});
}

}  // namespace cursus
