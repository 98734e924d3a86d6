#include "main/return_paths.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mail/target_words.h"

namespace cursus {

namespace {

constexpr std::size_t keys_bytes_max = 64 * 1024;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = trimmed(text.substr(0, end));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && !line.starts_with('#')) lines.emplace_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

}  // namespace

Result<ReturnPaths, std::string> read_return_paths(const Settings& settings, World& world) {
    const std::string& path = settings.rewrite.srs_keys;
    if (path.empty()) return ReturnPaths();
    const auto text = read_whole_file(world.files, path, keys_bytes_max);
    if (!text) return failure("[rewrite] srs_keys: " + text.error().what);
    auto keys = SrsKeys::make(lines_of(*text));
    if (!keys) return failure(fmt::format("[rewrite] srs_keys: {}: {}", path, keys.error()));
    return ReturnPaths(*std::move(keys), settings.rewrite.srs_domain.value_or(settings.domains.local.front()),
                       world.reactors.front()->clock());
}

}  // namespace cursus
