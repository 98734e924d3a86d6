#include "adapters/content_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "runtime/offload.h"

namespace cursus {

namespace {

using Written = Result<void, std::string>;

std::unexpected<std::string> trouble(std::string_view what) {
    return failure(fmt::format("{}: {}", what, std::system_category().message(errno)));
}

Written write_octets(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return trouble("writing the message for another process");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// Sealed, since whoever reads it could open it for writing.
Result<SocketHandle, std::string> file_in_memory(std::string_view text) {
    SocketHandle file(memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return trouble("making a file in memory");
    TRY_VOID(write_octets(file.get(), text));
    if (fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        return trouble("sealing a file in memory");
    return file;
}

// Two ways into one file: what is handed over can only read.
struct NamelessFile {
    SocketHandle write{-1}, read{-1};
};

Result<NamelessFile, std::string> nameless_file(const std::string& directory) {
    std::string path = directory + "/content-XXXXXX";
    NamelessFile file;
    file.write = SocketHandle(mkostemp(path.data(), O_CLOEXEC));
    if (!file.write) return trouble("making a file in " + directory);
    file.read = SocketHandle(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const int error = errno;
    unlink(path.c_str());
    errno = error;
    if (!file.read) return trouble("opening " + path);
    return file;
}

}  // namespace

Task<Result<SocketHandle, std::string>> content_file(Content& content, const ContentPlace& place) {
    std::string text;
    NamelessFile file;
    auto write_out = [&]() -> Written {
        if (!file.write) {
            TRY(made, nameless_file(place.directory));
            file = std::move(made);
        }
        TRY_VOID(write_octets(file.write.get(), text));
        text.clear();
        return {};
    };
    bool is_last = false;
    while (!is_last) {
        CO_TRY(piece, co_await content.next());
        is_last = !piece || piece->empty();
        if (!is_last) text += *piece;
        if (text.size() <= content_in_memory_max && !(is_last && file.write)) continue;
        CO_TRY_VOID(co_await offload(place.pool, write_out));
    }
    if (file.write) co_return std::move(file.read);
    co_return file_in_memory(text);
}

}  // namespace cursus
