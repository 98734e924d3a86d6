// An address (the first line) in a table of networks (the others): the row that is found is one of its lines.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "route/network_table.h"

using namespace cursus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(input.find('\n'), input.size());
    const std::string text(input.substr(std::min(end + 1, size)));
    const auto parsed = parse_network_table(text);
    if (!parsed) {
        fuzz::require(parsed.error().line > 0 && !parsed.error().what.empty());
        return 0;
    }
    const auto row = parsed->content->find(input.substr(0, end));
    const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
    fuzz::require(!row || (row->line > 0 && row->line <= lines && text.contains(row->value)));
    return 0;
}
