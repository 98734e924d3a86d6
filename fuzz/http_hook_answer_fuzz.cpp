// What an HTTP hook answers: what it advises is safe and bounded, or an error for people.
#include "fuzz/advice.h"
#include "policy/hook_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const auto advice = parse_hook_answer({reinterpret_cast<const char*>(data), size});
    if (!advice) return fuzz::require(!advice.error().empty() && !has_control(advice.error())), 0;
    fuzz::require(size <= hook_answer_octets_max);
    fuzz::require(advice->fields.size() <= hook_list_max && advice->copies.size() <= hook_list_max);
    fuzz::require(advice->tags.size() <= hook_list_max && advice->notes.size() <= 1);
    fuzz::require_safe(*advice);
    return 0;
}
