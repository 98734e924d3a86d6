#include "route/network_table.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/ip.h"
#include "base/printable.h"
#include "mail/target_words.h"

namespace cursus {
namespace {

class NetworkContent final : public FileContent {
public:
    // False: it was there already.
    bool add(const IpNetwork& network, const IpAddress& base, FileRow row) {
        return by_width_[network.prefix_bits()].emplace(base, std::move(row)).second;
    }
    std::optional<FileRow> find(std::string_view key) const override {
        const auto address = IpAddress::parse(key);
        if (!address) return std::nullopt;
        for (const auto& [bits, networks] : by_width_) {
            if (address->is_v4() && bits > 32) continue;
            const auto found = networks.find(first_bits(*address, bits));
            if (found != networks.end()) return found->second;
        }
        return std::nullopt;
    }

private:
    std::map<unsigned, std::map<IpAddress, FileRow>, std::greater<>> by_width_;  // the narrowest first
};

std::string_view without_comment(std::string_view line) {
    if (line.starts_with('#')) return {};
    const auto hash = std::min(line.find(" #"), line.find("\t#"));
    return trimmed(line.substr(0, hash));
}

Result<void, std::string> take(NetworkContent& content, std::string_view line, std::uint32_t number) {
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    const auto network = IpNetwork::parse(word);
    if (!network)
        return failure(
            fmt::format("\"{}\" is no network: write an address, or one with a prefix behind which all "
                        "bits are zero, as 192.0.2.0/24",
                        printable(word)));
    const auto base = IpAddress::parse(word.substr(0, word.find('/')));
    FileRow row{std::string(trimmed(line.substr(word.size()))), number};
    if (!content.add(*network, *base, std::move(row)))
        return failure(fmt::format("{} stands here a second time: take one of them out", network->text()));
    return {};
}

}  // namespace

Result<ParsedFile, TargetError> parse_network_table(const std::string& text) {
    auto content = std::make_shared<NetworkContent>();
    std::uint32_t number = 0;
    std::size_t networks = 0;
    for (std::string_view rest = text; !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        ++number;
        const auto entry = without_comment(trimmed(line));
        if (entry.empty()) continue;
        if (++networks > networks_max)
            return failure(TargetError{number, fmt::format("more than {} networks", networks_max)});
        auto taken = take(*content, entry, number);
        if (!taken) return failure(TargetError{number, std::move(taken).error()});
    }
    return ParsedFile{std::move(content), {}};
}

std::shared_ptr<Table> make_network_table(const FileTableNeeds& needs, std::string name, std::string path) {
    return std::make_shared<FileTable>(needs, std::move(name), std::move(path), parse_network_table);
}

}  // namespace cursus
