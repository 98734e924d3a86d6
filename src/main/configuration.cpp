#include "main/configuration.h"

#include "adapters/posix_files.h"
#include "adapters/system_facts.h"
#include "config/parse.h"

namespace cursus {

namespace {

std::vector<std::string> lists_of_system(const Files& files) {
    const std::string aliases = "/etc/aliases";
    if (!files.exists(aliases)) return {};
    return {aliases};
}

}  // namespace

Result<Settings, std::string> load_configuration(const std::string& path) {
    constexpr std::size_t configuration_bytes_max = 4 << 20;
    PosixFiles files;
    const auto text = read_whole_file(files, path, configuration_bytes_max);
    if (!text) return failure("cursus: the configuration cannot be read: " + text.error().what + "\n");
    auto settings = parse_settings(*text, {full_host_name(), lists_of_system(files)});
    if (!settings) return failure(describe_errors(path, settings.error()));
    return *std::move(settings);
}

}  // namespace cursus
