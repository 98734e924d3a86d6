#include "adapters/system_facts.h"

#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace cursus {

std::string full_host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "";
    std::string short_name = name.data();
    if (short_name.find('.') != std::string::npos) return short_name;
    addrinfo hints{};
    hints.ai_flags = AI_CANONNAME;
    addrinfo* found = nullptr;
    if (::getaddrinfo(name.data(), nullptr, &hints, &found) != 0) return short_name;
    std::string full = found->ai_canonname != nullptr ? found->ai_canonname : short_name;
    ::freeaddrinfo(found);
    return full;
}

WallTime wall_time() {
    return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now());
}

bool standard_error_is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

void write_standard_error(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace cursus
