#include "adapters/system_random.h"

#include <sys/random.h>

#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace cursus {

namespace {

void fill(std::span<std::byte> room) {
    while (!room.empty()) {
        const ssize_t got = getrandom(room.data(), room.size(), 0);
        if (got > 0) {
            room = room.subspan(static_cast<std::size_t>(got));
        } else if (errno != EINTR) {
            throw std::system_error(errno, std::system_category(), "getrandom");
        }
    }
}

}  // namespace

std::uint64_t SystemRandom::next() {
    const std::lock_guard lock(mutex_);
    if (used_ == page_.size()) {
        fill(std::as_writable_bytes(std::span(page_)));
        used_ = 0;
    }
    return std::exchange(page_[used_++], 0);  // a value given out is not kept
}

}  // namespace cursus
