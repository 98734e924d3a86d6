// A key (the first line) in a regex table (the others), and the same input as a key of a table that writes
// what it captures wherever that is allowed: nothing but addresses may come of it.
#include "fuzz/fuzz.h"
#include "mail/target.h"
#include "route/regex_table.h"

namespace cursus::fuzz {
namespace {

void check_found(std::string_view key, std::string table) {
    const auto parsed = parse_regex_table(std::move(table));
    if (!parsed) return require(parsed.error().line > 0 && !parsed.error().what.empty());
    const auto row = parsed->content->find(key);
    require(!row || row->line > 0);
}

void check_captured(std::string_view key) {
    static const auto table =
        parse_regex_table("/(?s)^(.*)$/ $1, $1@example.org, \\$1, list-$1@example.org").value();
    const auto row = table.content->find(key);
    if (!row) return;
    const auto targets = parse_targets(row->value);
    require(targets && targets->size() == 4);
    for (const auto& placed : *targets) require(std::holds_alternative<AddressTarget>(placed.target));
}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(input.find('\n'), input.size());
    cursus::fuzz::check_found(input.substr(0, end), std::string(input.substr(std::min(end + 1, size))));
    cursus::fuzz::check_captured(input);
    return 0;
}
