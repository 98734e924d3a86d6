// A PROXY header: however it is cut, it is read the same and not an octet too far; what comes of it is
// bounded.
#include <string>

#include "fuzz/fuzz.h"
#include "mail/proxy_header.h"

namespace {

using namespace cursus;

struct Outcome {
    bool is_good = false;
    ProxyHeader header;
    std::size_t used = 0;
};

Outcome read(std::string_view octets, std::size_t piece) {
    ProxyHeaderReader reader;
    Outcome outcome;
    while (reader.wanted() > 0) {
        const auto part = octets.substr(outcome.used, std::min(reader.wanted(), piece));
        if (part.empty()) return outcome;
        outcome.used += part.size();
        fuzz::require(outcome.used <= ProxyHeaderReader::binary_octets_max);
        if (!reader.add(part)) return outcome;
    }
    outcome.is_good = true;
    outcome.header = reader.header();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const Outcome whole = read(octets, size + 1), cut = read(octets, 1);
    fuzz::require(whole.is_good == cut.is_good);
    if (!whole.is_good) return 0;
    fuzz::require(whole.used == cut.used);
    fuzz::require(whole.header.has_value() == cut.header.has_value());
    if (octets.starts_with("PROXY ")) fuzz::require(whole.used == octets.find("\r\n") + 2);
    if (!whole.header) return 0;
    fuzz::require(whole.header->client == cut.header->client && whole.header->server == cut.header->server);
    fuzz::require(whole.header->client.address.is_v4() || octets[0] == '\r' ||
                  octets.starts_with("PROXY TCP6 "));
    return 0;
}
