#include "runtime/replaced_file.h"

#include <array>
#include <utility>

namespace cursus {

ReplacedFile::ReplacedFile(Files& files, std::string path, std::size_t octets_max)
    : files_(files), path_(std::move(path)), octets_max_(octets_max) {}

FileResult<std::optional<std::string>> ReplacedFile::read() {
    auto text = read_whole_file(files_, path_, octets_max_);
    if (text) return std::optional(*std::move(text));
    if (text.error().kind == FileErrorKind::NotFound) return std::optional<std::string>();
    distrust();
    return failure(std::move(text).error());
}

FileResult<> ReplacedFile::put_aside() {
    if (!is_distrusted_) return {};
    auto renamed = files_.rename(path_, aside());
    // It is gone: somebody else has seen to it.
    if (!renamed && renamed.error().kind != FileErrorKind::NotFound) return renamed;
    is_distrusted_ = false;
    return {};
}

FileResult<> ReplacedFile::replace(std::string_view text) {
    TRY_VOID(put_aside());
    const std::string next = path_ + ".new";
    const auto removed = files_.remove(next);
    if (!removed && removed.error().kind != FileErrorKind::NotFound) return removed;
    TRY(file, files_.open(next, OpenMode::CreateNew));
    const std::array pieces{text};
    TRY_VOID(file->write_at(0, pieces));
    TRY_VOID(file->sync());
    TRY_VOID(files_.rename(next, path_));
    return files_.sync_directory(path_.substr(0, path_.rfind('/')));
}

}  // namespace cursus
