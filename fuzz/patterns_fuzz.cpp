// Operators' patterns: what is read can be matched with anything, a name pattern fits as its definition says,
// and everything else has an error that says something.
#include <vector>

#include "base/text.h"
#include "base/utf8.h"
#include "config/patterns.h"
#include "fuzz/fuzz.h"

namespace cursus::fuzz {
namespace {

constexpr std::size_t compared_octets_max = 200;

// The definition, one row for each octet of the pattern: from which places of the name the rest fits.
bool fits(std::string_view pattern, std::string_view name) {
    std::vector<bool> fits_from(name.size() + 1, false);
    fits_from[name.size()] = true;
    while (!pattern.empty()) {
        const char wanted = pattern.back();
        pattern.remove_suffix(1);
        std::vector<bool> with_it(name.size() + 1, false);
        for (std::size_t at = name.size() + 1; at-- > 0;) {
            const auto length =
                at < name.size() ? std::max<std::size_t>(utf8_sequence_length(name.substr(at)), 1) : 0;
            if (wanted == '*') {
                with_it[at] = fits_from[at] || (length > 0 && with_it[at + length]);
            } else if (length > 0) {
                const auto taken = wanted == '?' ? length : 1;
                with_it[at] = (wanted == '?' || to_lower(name[at]) == wanted) && fits_from[at + taken];
            }
        }
        fits_from = std::move(with_it);
    }
    return fits_from[0];
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    using fuzz::require;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto text = input.substr(0, input.find('\n'));
    const auto subject = input.substr(std::min(text.size() + 1, input.size()));

    const auto client = parse_client_pattern(text);
    require(client || !client.error().empty());
    if (client) require(*parse_client_pattern(text) == *client);
    const auto address = parse_address_pattern(text);
    require(address || !address.error().empty());
    if (address) require(*parse_address_pattern(text) == *address);
    const auto name = parse_name_pattern(text);
    require(name || !name.error().empty());
    if (!name) return 0;
    if (const auto* regex = std::get_if<RegexPattern>(&*name)) regex->matches(subject);
    if (const auto* glob = std::get_if<Glob>(&*name)) {
        const bool is_fit = glob->matches(subject);
        if (subject.size() <= fuzz::compared_octets_max) require(is_fit == fuzz::fits(glob->text(), subject));
    }
    return 0;
}
