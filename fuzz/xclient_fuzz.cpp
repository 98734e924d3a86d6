// The attributes of XCLIENT: what comes of them is bounded, printable, and of one word where a name stands.
#include <algorithm>
#include <variant>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/xclient.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const auto statement = parse_xclient({reinterpret_cast<const char*>(data), size});
    if (!statement) return 0;
    for (const auto* stated : {&statement->name, &statement->helo, &statement->login}) {
        const auto* const text = *stated ? std::get_if<std::string>(&**stated) : nullptr;
        if (text == nullptr) continue;
        fuzz::require(!text->empty() && text->size() <= xclient_text_octets_max);
        fuzz::require(std::ranges::all_of(*text, [](char c) { return is_printable(c); }));
        fuzz::require(stated == &statement->login || !text->contains(' '));
    }
    return 0;
}
