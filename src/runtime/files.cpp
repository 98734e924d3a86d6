#include "runtime/files.h"

#include <fmt/format.h>

namespace cursus {

FileResult<std::string> read_whole_file(Files& files, const std::string& path, std::size_t bytes_max) {
    TRY(file, files.open(path, OpenMode::Read));
    TRY(size, file->size());
    if (size > bytes_max) {
        return failure(
            FileError{FileErrorKind::Other, fmt::format("{} is larger than {} octets", path, bytes_max)});
    }
    std::string text(size, '\0');
    TRY(read, file->read_at(0, text));
    text.resize(read);
    return text;
}

}  // namespace cursus
