#include "accounts/held_accounts_file.h"

#include <array>
#include <string_view>
#include <utility>

namespace cursus {

HeldAccountsFile::HeldAccountsFile(World& world, EventSink& events, std::string path)
    : world_(world), events_(events), path_(std::move(path)) {}

std::vector<HeldAccount> HeldAccountsFile::read() {
    const auto text = read_whole_file(world_.files, path_, held_accounts_octets_max);
    if (text) return parse_held_accounts(*text);
    if (text.error().kind != FileErrorKind::NotFound) tell(text.error());
    return {};
}

void HeldAccountsFile::keep(const AccountLimits& limits) {
    world_.offload.run([this, &limits] {
        // Whoever comes last finds what is newest.
        const std::scoped_lock lock(writing_);
        const auto written = write(held_accounts_text(limits.held()));
        if (!written) tell(written.error());
    });
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
