#include "adapters/spool_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"

namespace cursus {
namespace {

constexpr std::string_view format_text = "cursus store 1\n";
constexpr std::string_view format_prefix = "cursus store ";
constexpr std::size_t copy_bytes = std::size_t{256} * 1024;
constexpr unsigned private_directory = 0700;
constexpr unsigned private_file = 0600;

FileResult<> make_if_absent(Files& files, const std::string& path) {
    auto made = files.make_directory(path, private_directory);
    if (!made && made.error().kind != FileErrorKind::Exists) return made;
    return {};
}

std::string parent_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

FileResult<> copy(const File& from, File& to, std::uint64_t begin, std::uint64_t end) {
    std::vector<char> buffer(copy_bytes);
    for (std::uint64_t at = begin; at < end;) {
        const auto wanted = std::min<std::uint64_t>(buffer.size(), end - at);
        TRY(got, from.read_at(at, std::span(buffer).first(wanted)));
        if (got == 0) break;
        const std::array pieces{std::string_view(buffer.data(), got)};
        TRY_VOID(to.write_at(at - begin, pieces));
        at += got;
    }
    return to.sync();
}

}  // namespace

StoreError store_error(const FileError& error) {
    return {error.kind == FileErrorKind::Full ? StoreErrorKind::Full : StoreErrorKind::Failed, error.what};
}

std::string SpoolDirectory::segment_path(std::uint64_t number) const {
    return fmt::format("{}/segment-{:016x}", log_path(), number);
}

std::string SpoolDirectory::spare_path(std::uint64_t number) const {
    return fmt::format("{}/spare-{:016x}", log_path(), number);
}

Result<void, StoreError> SpoolDirectory::check_format() const {
    const auto path = root_ + "/FORMAT";
    auto file = files_.open(path, OpenMode::Read);
    if (!file) return failure(store_error(file.error()));
    std::array<char, 64> buffer{};
    const auto got = (*file)->read_at(0, buffer);
    if (!got) return failure(store_error(got.error()));
    const std::string_view text(buffer.data(), *got);
    if (text == format_text) return {};
    const auto what =
        text.starts_with(format_prefix)
            ? fmt::format("{}: this store was written by another release ({}); this one reads \"{}\"", path,
                          text.substr(0, text.find('\n')), format_text.substr(0, format_text.size() - 1))
            : path + ": not a mark of this program's store";
    return failure(StoreError{StoreErrorKind::Failed, what});
}

Result<SpoolDirectory::State, StoreError> SpoolDirectory::open() {
    if (files_.exists(root_ + "/FORMAT")) {
        TRY_VOID(check_format());
        // The process that made it may have been killed before the mark's name was synced.
        const auto synced = files_.sync_directory(root_);
        if (!synced) return failure(store_error(synced.error()));
        return State::Complete;
    }
    const auto made = [&]() -> FileResult<> {
        TRY_VOID(make_if_absent(files_, root_));
        TRY_VOID(files_.sync_directory(parent_of(root_)));
        for (const auto* name : {"/log", "/index", "/damaged"}) {
            TRY_VOID(make_if_absent(files_, root_ + name));
        }
        return files_.sync_directory(root_);  // before FORMAT: its name must not outlive theirs
    }();
    if (!made) return failure(store_error(made.error()));
    const auto found = segments();
    if (!found) return failure(store_error(found.error()));
    if (!found->empty()) {
        return failure(StoreError{StoreErrorKind::Damaged,
                                  log_path() + ": holds segments of a store whose FORMAT mark is missing"});
    }
    return State::New;
}

Result<void, StoreError> SpoolDirectory::mark_complete() {
    const auto temporary = root_ + "/FORMAT.new";
    const auto marked = [&]() -> FileResult<> {
        if (files_.exists(temporary)) {
            TRY_VOID(files_.remove(temporary));
        }
        TRY(file, files_.open(temporary, OpenMode::CreateNew, private_file));
        const std::array pieces{format_text};
        TRY_VOID(file->write_at(0, pieces));
        TRY_VOID(file->sync());
        TRY_VOID(files_.rename(temporary, root_ + "/FORMAT"));
        return files_.sync_directory(root_);
    }();
    if (!marked) return failure(store_error(marked.error()));
    return {};
}

FileResult<std::vector<std::uint64_t>> SpoolDirectory::numbers(std::string_view prefix) const {
    TRY(names, files_.list(log_path()));
    std::vector<std::uint64_t> found;
    for (const auto& name : names) {
        if (!name.starts_with(prefix)) continue;
        const auto number = parse_number<std::uint64_t>(std::string_view(name).substr(prefix.size()), 16);
        if (number) found.push_back(*number);
    }
    std::ranges::sort(found);
    return found;
}

FileResult<std::vector<std::uint64_t>> SpoolDirectory::segments() const {
    return numbers("segment-");
}
FileResult<std::vector<std::uint64_t>> SpoolDirectory::spares() const {
    return numbers("spare-");
}

std::string SpoolDirectory::keep_aside(const File& segment, std::uint64_t number, std::uint64_t begin,
                                       std::uint64_t end) {
    auto path = fmt::format("{}/damaged/segment-{:016x}-{:x}", root_, number, begin);
    if (files_.exists(path)) return path;  // found and kept before
    auto file = files_.open(path, OpenMode::CreateNew, private_file);
    if (!file || !copy(segment, **file, begin, end) || !files_.sync_directory(root_ + "/damaged")) return {};
    return path;
}

void SpoolDirectory::note_size(std::uint64_t number, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    sizes_[number] = bytes;
}

void SpoolDirectory::forget(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    sizes_.erase(number);
}

std::map<std::uint64_t, std::uint64_t> SpoolDirectory::sizes() const {
    const std::lock_guard lock(mutex_);
    return sizes_;
}

}  // namespace cursus
