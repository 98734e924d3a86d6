#include "deliver/maildir.h"

#include <array>
#include <utility>

namespace cursus {

namespace {

constexpr unsigned directory_permissions = 0700, file_permissions = 0600;
constexpr int directories_deep_max = 64;

std::string parent_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

FileResult<> make_path(Files& files, const std::string& path, int depth) {
    auto made = files.make_directory(path, directory_permissions);
    if (!made && made.error().kind == FileErrorKind::Exists) return {};
    if (!made && made.error().kind == FileErrorKind::NotFound && depth < directories_deep_max) {
        TRY_VOID(make_path(files, parent_of(path), depth + 1));
        made = files.make_directory(path, directory_permissions);
        if (!made && made.error().kind == FileErrorKind::Exists) return {};
    }
    if (!made) return made;
    return files.sync_directory(parent_of(path));
}

}  // namespace

FileResult<> prepare_maildir(Files& files, const std::string& root, const std::string& path) {
    constexpr std::array<std::string_view, 3> parts{"/tmp", "/new", "/cur"};
    for (const std::string_view part : parts) {
        TRY_VOID(make_path(files, path + std::string(part), 0));
    }
    // Directories found here may be another run's that ended before they were synced.
    TRY_VOID(files.sync_directory(path));
    for (std::string upper = parent_of(path); upper.size() >= root.size() && upper.size() > 1;
         upper = parent_of(upper)) {
        TRY_VOID(files.sync_directory(upper));
    }
    return {};
}

MaildirFile::MaildirFile(Files& files, std::string maildir, std::string name)
    : files_(files),
      maildir_(std::move(maildir)),
      name_(std::move(name)),
      temporary_(maildir_ + "/tmp/" + name_) {}

FileResult<> MaildirFile::open() {
    auto file = files_.open(temporary_, OpenMode::CreateNew, file_permissions);
    if (!file && file.error().kind == FileErrorKind::Exists) {
        // Left by a run that was killed: nobody else uses this name.
        TRY_VOID(files_.remove(temporary_));
        file = files_.open(temporary_, OpenMode::CreateNew, file_permissions);
    }
    if (!file) return failure(std::move(file).error());
    file_ = std::move(*file);
    return {};
}

FileResult<> MaildirFile::write(std::string_view text) {
    TRY_VOID(file_->write_at(offset_, std::span(&text, 1)));
    offset_ += text.size();
    return {};
}

// The octets first, then the name: a name in new/ never stands for less than the whole message.
FileResult<> MaildirFile::commit() {
    TRY_VOID(file_->sync());
    file_.reset();
    TRY_VOID(files_.rename(temporary_, maildir_ + "/new/" + name_));
    return files_.sync_directory(maildir_ + "/new");
}

void MaildirFile::abandon() {
    file_.reset();
    static_cast<void>(files_.remove(temporary_));
}

std::string LineEnds::to_lf(std::string_view piece) {
    std::string text;
    text.reserve(piece.size() + 1);
    while (!piece.empty()) {
        if (std::exchange(has_cr_, false) && piece.front() != '\n') text += '\r';
        const auto cr = piece.find('\r');
        text += piece.substr(0, cr);
        if (cr == std::string_view::npos) break;
        has_cr_ = true;
        piece.remove_prefix(cr + 1);
    }
    return text;
}

std::string LineEnds::end() {
    return std::exchange(has_cr_, false) ? "\r" : "";
}

}  // namespace cursus
