#include "runtime/settled_file.h"

#include <utility>

#include <fmt/format.h>

#include "runtime/offload.h"

namespace cursus {

namespace {

NotRead unreadable(std::string why) {
    return {NotRead::Kind::Unreadable, std::move(why)};
}

}  // namespace

// A time far ahead says nothing: some clock was wrong, here or where the file came from.
Result<void, NotRead> check_settled(const FileFacts& facts, const std::string& path, WallTime now) {
    if (!facts.is_regular) return failure(unreadable(fmt::format("{}: it is no regular file", path)));
    const auto age = FileFacts::Time(now) - facts.modified;
    if (age >= file_settle_time || age <= -file_settle_time) return {};
    return failure(NotRead{NotRead::Kind::BeingWritten, fmt::format("{}: it is being written", path)});
}

Result<std::string, NotRead> read_unchanged(Files& files, const std::string& path, const FileFacts& facts,
                                            std::uint64_t bytes_max) {
    if (facts.size > bytes_max)
        return failure(unreadable(fmt::format("{}: more than {} octets", path, bytes_max)));
    const auto file = files.open(path, OpenMode::Read);
    if (!file) return failure(unreadable(file.error().what));
    std::string text(facts.size, '\0');
    const auto size = (*file)->read_at(0, text);
    if (!size) return failure(unreadable(size.error().what));
    const auto after = (*file)->facts();
    if (!after) return failure(unreadable(after.error().what));
    if (*after != facts || *size != facts.size)
        return failure(
            NotRead{NotRead::Kind::BeingWritten, fmt::format("{}: it changed while it was read", path)});
    return text;
}

Task<Result<std::string, std::string>> read_settled(World& world, std::string path, std::uint64_t bytes_max) {
    Clock& clock = world.reactors.front()->clock();
    const Instant give_up = clock.now() + file_settle_wait;
    auto read = [&]() -> Result<std::string, NotRead> {
        const auto facts = world.files.facts(path);
        if (!facts) return failure(unreadable(facts.error().what));
        TRY_VOID(check_settled(*facts, path, clock.wall_now()));
        return read_unchanged(world.files, path, *facts, bytes_max);
    };
    while (true) {
        auto text = co_await offload(world.offload, read);
        if (text) co_return *std::move(text);
        if (text.error().kind != NotRead::Kind::BeingWritten || clock.now() >= give_up)
            co_return failure(std::move(text).error().why);
        co_await clock.sleep_for(file_settle_look_interval);
    }
}

}  // namespace cursus
