#include "adapters/deputy_jobs.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace cursus {

namespace {

constexpr std::size_t copied_at_once = 64 * 1024;

bool says_full(int error) {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;  // the last by RLIMIT_FSIZE
}

}  // namespace

bool is_spool_mailbox(std::string_view path, const SystemUser& user) {
    return path == "/var/mail/" + user.name || path == "/var/spool/mail/" + user.name;
}

DeputyResult result_of(const PathFailure& failure) {
    return {says_full(failure.error) ? DeputyOutcome::Full : DeputyOutcome::Later, failure.what};
}

Result<void, PathFailure> write_all(int fd, std::string_view text, std::string_view path) {
    while (!text.empty()) {
        const ssize_t written = write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failure(path_failure("writing", path, errno));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void, PathFailure> copy_content(
    std::move_only_function<Result<void, PathFailure>(std::string_view)> write) {
    std::array<char, copied_at_once> buffer;
    for (;;) {
        const ssize_t got = read(content_fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure(path_failure("reading", "the message", errno));
        if (got == 0) return {};
        TRY_VOID(write(std::string_view(buffer.data(), static_cast<std::size_t>(got))));
    }
}

}  // namespace cursus
