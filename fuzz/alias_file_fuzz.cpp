// Alias files. Every entry is found under its key, however that is written again, or an earlier one hides it;
// values stand where they say they do.
#include <algorithm>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "mail/alias_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto bare_key = input.number() % 2 == 0 ? BareKey::Name : BareKey::Domain;
    const auto lines = static_cast<std::size_t>(std::ranges::count(input.rest(), '\n')) + 1;
    const auto file = AliasFile::parse(std::string(input.rest()), bare_key);
    if (!file) {
        fuzz::require(file.error().line > 0 && file.error().line <= lines && is_utf8(file.error().what));
        return 0;
    }
    for (std::size_t number = 0; number < file->size(); ++number) {
        const auto entry = (*file)[number];
        const auto found = file->find(entry.key);
        fuzz::require(found && found->key == entry.key && found->line <= entry.line);
        fuzz::require(entry.line > 0 && entry.line <= lines && !entry.key.empty());
        fuzz::require(input.rest().contains(entry.value) && !entry.value.contains('\0'));
        const auto targets = parse_targets(entry.value, entry.line);
        if (targets) {
            for (const auto& one : *targets) fuzz::require(one.line >= entry.line && one.line <= lines);
        }
    }
    fuzz::require(file->warnings().size() <= file->size());
    return 0;
}
