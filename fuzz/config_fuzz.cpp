// A configuration file of any octets: settings that hold what they promise, or errors that name a place in
// the file.
#include <algorithm>
#include <string>

#include "base/text.h"
#include "config/parse.h"
#include "fuzz/fuzz.h"

namespace cursus::fuzz {
namespace {

void check(const Settings& settings) {
    require(settings.hostname.has_value());
    require(!settings.listeners.empty());
    for (const auto& listener : settings.listeners) require(!listener.addresses.empty());
    for (const auto& network : settings.relay.hosts) require(network.prefix_bits() != 0);
    for (const auto& route : settings.routes) {
        require(route.pattern.empty() != route.expression.empty());
        require(route.hosts.empty() != route.table.empty());
    }
    require(!settings.retry.schedule.empty());
    require(settings.limits.recipients >= 100);
}

void check(const std::vector<ConfigError>& errors, std::string_view text) {
    const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n')) + 1;
    require(!errors.empty());
    for (const auto& error : errors) {
        require(!error.message.empty());
        require(error.place.line <= lines);
    }
    // Each is a line of its own, whatever stood in the file.
    auto told = describe_errors("cursus.toml", errors);
    require(static_cast<std::size_t>(std::ranges::count(told, '\n')) == errors.size());
    std::erase(told, '\n');
    require(!has_control(told));
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto settings = parse_settings(text, {"host.example.org"});
    if (settings) {
        fuzz::check(*settings);
    } else {
        fuzz::check(settings.error(), text);
    }
    return 0;
}
