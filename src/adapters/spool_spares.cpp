#include "adapters/spool_spares.h"

#include <algorithm>
#include <array>

namespace cursus {
namespace {

constexpr std::size_t spares_max = 2;
constexpr std::size_t blank_bytes = std::size_t{256} * 1024;

}  // namespace

FileResult<> SpoolSpares::open() {
    TRY(numbers, directory_.spares());
    const std::lock_guard lock(mutex_);
    for (const auto number : numbers) {
        const auto path = directory_.spare_path(number);
        next_number_ = std::max(next_number_, number + 1);
        if (spares_.size() == spares_max) {
            TRY_VOID(directory_.files().remove(path));
            continue;
        }
        TRY(file, directory_.files().open(path, OpenMode::Read));
        TRY(size, file->size());
        spares_.push_back({path, size});
    }
    return {};
}

std::string SpoolSpares::new_path() {
    const std::lock_guard lock(mutex_);
    return directory_.spare_path(next_number_++);
}

FileResult<Spare> SpoolSpares::take() {
    Known known{{}, 0};
    {
        const std::lock_guard lock(mutex_);
        if (!spares_.empty()) {
            known = std::move(spares_.back());
            spares_.pop_back();
        }
    }
    const auto mode = known.path.empty() ? OpenMode::CreateNew : OpenMode::Write;
    if (known.path.empty()) known.path = new_path();
    TRY(file, directory_.files().open(known.path, mode));
    return Spare{std::move(known.path), std::move(file), known.bytes};
}

void SpoolSpares::discard(Spare spare) {
    spare.file.reset();
    // Without its blocks it is of no use; should even this fail, the next start finds it as a spare.
    static_cast<void>(directory_.files().remove(spare.path));
}

FileResult<> SpoolSpares::prepare(std::uint64_t bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (!spares_.empty()) return {};
    }
    Spare spare{new_path(), nullptr, bytes};
    const auto written = [&]() -> FileResult<> {
        TRY(file, directory_.files().open(spare.path, OpenMode::CreateNew));
        spare.file = std::move(file);
        const std::string blank(blank_bytes, '\0');
        for (std::uint64_t at = 0; at < bytes; at += blank.size()) {
            const std::array pieces{std::string_view(blank).substr(0, bytes - at)};
            TRY_VOID(spare.file->write_at(at, pieces));
        }
        return spare.file->sync();
    }();
    if (!written) {
        discard(std::move(spare));
        return written;
    }
    const std::lock_guard lock(mutex_);
    spares_.push_back({spare.path, bytes});
    return {};
}

FileResult<> SpoolSpares::remove(std::uint64_t segment) {
    TRY_VOID(directory_.files().remove(directory_.segment_path(segment)));
    directory_.forget(segment);
    return {};
}

FileResult<> SpoolSpares::retire(std::uint64_t segment) {
    const auto sizes = directory_.sizes();
    const auto size = sizes.find(segment);
    bool has_room;
    {
        const std::lock_guard lock(mutex_);
        has_room = spares_.size() < spares_max;
    }
    if (!has_room || size == sizes.end()) return remove(segment);
    const auto to = new_path();
    TRY_VOID(directory_.files().rename(directory_.segment_path(segment), to));
    directory_.forget(segment);
    const std::lock_guard lock(mutex_);
    spares_.push_back({to, size->second});
    return {};
}

bool SpoolSpares::drop() {
    std::vector<Known> dropped;
    {
        const std::lock_guard lock(mutex_);
        dropped = std::exchange(spares_, {});
    }
    for (const auto& spare : dropped) static_cast<void>(directory_.files().remove(spare.path));
    return !dropped.empty();
}

std::uint64_t SpoolSpares::bytes() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t total = 0;
    for (const auto& spare : spares_) total += spare.bytes;
    return total;
}

}  // namespace cursus
