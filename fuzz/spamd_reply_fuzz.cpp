// What spamd says, or whoever is at its port: the same in one piece as in many, bounded, a sound verdict or a
// sentence.
#include "fuzz/spam_verdict.h"
#include "scan/spamd_reply.h"

namespace cursus {
namespace {

Result<SpamVerdict, std::string> read(fuzz::Pieces pieces) {
    SpamdReplyReader reader;
    while (!pieces.empty() && !reader.is_whole()) {
        TRY_VOID(reader.take(pieces.next()));
    }
    if (!reader.is_whole()) {
        TRY_VOID(reader.end());
    }
    return std::move(reader).verdict();
}

}  // namespace
}  // namespace cursus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const std::uint8_t seed = input.number();
    const auto verdict = read(fuzz::Pieces(input.rest(), seed));
    const auto again = read(fuzz::Pieces(input.rest(), static_cast<std::uint8_t>(seed + 1)));
    fuzz::require(verdict.has_value() == again.has_value());
    if (!verdict) return fuzz::require(!verdict.error().empty() && !has_control(verdict.error())), 0;
    fuzz::require(verdict->symbols == again->symbols && verdict->score == again->score);
    fuzz::require(verdict->edits.empty());
    fuzz::require_sound(*verdict);
    return 0;
}
