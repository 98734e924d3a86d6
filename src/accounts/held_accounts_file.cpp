#include "accounts/held_accounts_file.h"

#include <array>
#include <string_view>
#include <utility>

#include "runtime/offload.h"

namespace cursus {

HeldAccountsFile::HeldAccountsFile(World& world, EventSink& events, std::string path)
    : world_(world), events_(events), path_(std::move(path)) {}

std::vector<HeldAccount> HeldAccountsFile::read() {
    const auto text = read_whole_file(world_.files, path_, held_accounts_octets_max);
    if (text) return parse_held_accounts(*text);
    if (text.error().kind == FileErrorKind::NotFound) return {};
    tell(text.error());
    const std::scoped_lock lock(writing_);
    is_unreadable_ = true;
    return {};
}

void HeldAccountsFile::keep(const AccountLimits& limits) {
    {
        const std::scoped_lock lock(counting_);
        ++pending_;
    }
    world_.offload.run([this, &limits] {
        write_now(limits);
        const std::scoped_lock lock(counting_);
        if (--pending_ == 0 && when_none_is_pending_ != nullptr) when_none_is_pending_->complete(true);
    });
}

Task<void> HeldAccountsFile::finish(const AccountLimits& limits) {
    co_await wait_for_writers();
    auto catch_up = [this, &limits] {
        if (is_behind_) write_now(limits);
        return is_behind_;
    };
    co_await offload(world_.offload, catch_up);
}

Task<void> HeldAccountsFile::wait_for_writers() {
    Completion<bool> none_pending;
    {
        const std::scoped_lock lock(counting_);
        if (pending_ == 0) co_return;
        when_none_is_pending_ = &none_pending;
    }
    co_await none_pending.wait();
    const std::scoped_lock lock(counting_);  // the last of them has let go of it
    when_none_is_pending_ = nullptr;
}

// Whoever comes last finds what is newest.
void HeldAccountsFile::write_now(const AccountLimits& limits) {
    const std::scoped_lock lock(writing_);
    auto written = put_unreadable_aside();
    if (written) written = write(held_accounts_text(limits.held()));
    is_behind_ = !written;
    if (!written) tell(written.error());
}

// Holds that could not be read at the start are the operator's to bring back, not ours to overwrite.
FileResult<> HeldAccountsFile::put_unreadable_aside() {
    if (!is_unreadable_) return {};
    TRY_VOID(world_.files.rename(path_, path_ + ".unreadable"));
    is_unreadable_ = false;
    return {};
}

FileResult<> HeldAccountsFile::write(const std::string& text) {
    Files& files = world_.files;
    const std::string next = path_ + ".new";
    const auto removed = files.remove(next);
    if (!removed && removed.error().kind != FileErrorKind::NotFound) return removed;
    TRY(file, files.open(next, OpenMode::CreateNew));
    const std::array<std::string_view, 1> pieces{text};
    TRY_VOID(file->write_at(0, pieces));
    TRY_VOID(file->sync());
    TRY_VOID(files.rename(next, path_));
    return files.sync_directory(path_.substr(0, path_.rfind('/')));
}

void HeldAccountsFile::tell(const FileError& error) {
    events_.emit(
        {world_.reactors.front()->clock().wall_now(), {}, {}, Trouble{"accounts on hold", error.what}});
}

}  // namespace cursus
