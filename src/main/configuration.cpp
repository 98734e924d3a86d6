#include "main/configuration.h"

#include "adapters/posix_files.h"
#include "adapters/system_facts.h"
#include "config/parse.h"

namespace cursus {

Result<Settings, std::string> load_configuration(const std::string& path) {
    constexpr std::size_t configuration_bytes_max = 4 << 20;
    PosixFiles files;
    const auto text = read_whole_file(files, path, configuration_bytes_max);
    if (!text) return failure("cursus: the configuration cannot be read: " + text.error().what + "\n");
    auto settings = parse_settings(*text, {full_host_name()});
    if (!settings) return failure(describe_errors(path, settings.error()));
    return *std::move(settings);
}

}  // namespace cursus
