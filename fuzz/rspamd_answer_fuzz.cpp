// What rspamd answers, or whoever is at its port: a sound verdict or a sentence, and no edit that could add
// more than its field.
#include "fuzz/spam_verdict.h"
#include "scan/rspamd_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const auto verdict = parse_rspamd_answer({reinterpret_cast<const char*>(data), size});
    if (!verdict) return fuzz::require(!verdict.error().empty() && !has_control(verdict.error())), 0;
    fuzz::require_sound(*verdict);
    return 0;
}
